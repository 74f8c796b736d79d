package org.nettycluster.master.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RunQueueTest {
    @Test
    void countsWhoRunsOrWaitsButNotTheThreadThatAsks() {
        assertThat(RunQueue.others("0.20 0.18 0.12 3/80 11206\n")).isEqualTo(2);
        assertThat(RunQueue.others("0.20 0.18 0.12 0/80 11206\n")).isZero();
    }

    @Test
    void anotherFormatTellsNothing() {
        assertThat(RunQueue.others("")).isEqualTo(-1);
        assertThat(RunQueue.others("0.20 0.18 0.12")).isEqualTo(-1);
        assertThat(RunQueue.others("0.20 0.18 0.12 380 11206")).isEqualTo(-1);
        assertThat(RunQueue.others("0.20 0.18 0.12 x/80 11206")).isEqualTo(-1);
    }

    @Test
    void countsTheProcessorsOfAList() {
        assertThat(RunQueue.processors("0\n")).isEqualTo(1);
        assertThat(RunQueue.processors("0-1\n")).isEqualTo(2);
        assertThat(RunQueue.processors("0-3,8,10-11\n")).isEqualTo(7);
        assertThatThrownBy(() -> RunQueue.processors("")).isInstanceOf(NumberFormatException.class);
    }
}
