package org.nettycluster.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.supervise.WorkerOutput.Stream;
import org.nettycluster.protocol.WorkerId;

final class LogTailTest {
    private final List<String> shown = new ArrayList<>();
    private final LogTail tail =
            new LogTail((worker, stream, text) -> shown.add(text), InstantSource.fixed(FakeControl.THEN), 10);

    private void print(int worker, String text) {
        tail.line(new WorkerId(worker, 1), Stream.OUT, text);
    }

    private List<String> last(int slot, int count) {
        return tail.last(slot, count).stream().map(LogLine::text).toList();
    }

    @Test
    void everyLineIsShownAndTheLastOnesAreKept() {
        print(1, "abc");
        print(2, "def");
        print(1, "ghi");

        assertThat(shown).containsExactly("abc", "def", "ghi");
        assertThat(last(0, 2)).containsExactly("def", "ghi");
        assertThat(last(1, 5)).containsExactly("abc", "ghi");
        assertThat(last(3, 5)).isEmpty();
    }

    @Test
    void whatIsKeptIsBoundedByCharactersAndByLines() {
        print(1, "12345");
        print(1, "67890");
        print(1, "x");
        assertThat(last(0, 5)).containsExactly("67890", "x");

        for (int i = 0; i <= LogTail.MOST_LINES; i++) {
            print(1, "");
        }
        assertThat(last(0, 20_000)).hasSize(LogTail.MOST_LINES);
    }

    @Test
    void aLineLongerThanAllThatMayBeKeptIsShownAndForgotten() {
        print(1, "12345678901");

        assertThat(shown).containsExactly("12345678901");
        assertThat(last(0, 5)).isEmpty();
    }
}
