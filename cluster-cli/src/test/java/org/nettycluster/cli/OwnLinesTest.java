package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class OwnLinesTest {
    private final List<String> printed = new ArrayList<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch reads = new CountDownLatch(1);

    private final PrintStream stream = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8) {
        @Override
        public void println(String line) {
            asked.countDown();
            try {
                reads.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            synchronized (printed) {
                printed.add(line);
            }
        }
    };

    @Test
    void nobodyWaitsForAReaderWhoHasStoppedAndWhatHeMissesIsCounted() throws IOException, InterruptedException {
        OwnLines lines = new OwnLines(stream, 2);
        lines.line("1");
        asked.await();
        for (int i = 2; i <= 9; i++) {
            lines.line(Integer.toString(i));
        }
        lines.flush();
        reads.countDown();
        while (size() < 4) {
            Thread.onSpinWait();
        }
        lines.line("late");
        lines.flush();
        synchronized (printed) {
            assertThat(printed)
                    .containsExactly(
                            "1", "(6 lines of ncluster were dropped: their reader was too slow)", "2", "3", "late");
        }
    }

    private int size() {
        synchronized (printed) {
            return printed.size();
        }
    }
}
