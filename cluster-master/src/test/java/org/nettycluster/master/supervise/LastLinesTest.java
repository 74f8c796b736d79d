package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nettycluster.protocol.WorkerId;

class LastLinesTest {
    private final LastLines lines = new LastLines();

    @Test
    void fiftyOfEachWorkerAreKept() {
        WorkerId worker = new WorkerId(1, 1);
        for (int i = 0; i < 60; i++) {
            lines.add(worker, "line " + i);
        }
        assertThat(lines.of(worker)).hasSize(50).first().isEqualTo("line 10");
        assertThat(lines.of(new WorkerId(1, 2))).isEmpty();
    }

    @Test
    void slotShowsItsLastWorkersInOrder() {
        lines.add(new WorkerId(1, 1), "a");
        lines.add(new WorkerId(2, 1), "other");
        lines.add(new WorkerId(1, 2), "b");
        lines.add(new WorkerId(1, 1), "c");
        assertThat(lines.of(1)).containsExactly("a", "c", "b");
    }

    @Test
    void oldWorkersAndSingleForksAreForgotten() {
        for (int generation = 1; generation <= 6; generation++) {
            lines.add(new WorkerId(1, generation), "by " + generation);
        }
        assertThat(lines.of(1)).containsExactly("by 3", "by 4", "by 5", "by 6");
        lines.add(new WorkerId(7, 0), "fork");
        assertThat(lines.of(7)).isEmpty();
    }

    @Test
    void longLineIsCut() {
        lines.add(new WorkerId(1, 1), "x".repeat(5000));
        assertThat(lines.of(1).get(0)).hasSize(2001).endsWith("…");
    }
}
