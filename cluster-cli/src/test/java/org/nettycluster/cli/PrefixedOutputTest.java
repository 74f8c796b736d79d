package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.supervise.WorkerOutput.Stream;
import org.nettycluster.protocol.WorkerId;

final class PrefixedOutputTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private PrefixedOutput output(int workers) {
        return new PrefixedOutput(
                workers,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Test
    void eachStreamGoesToOurs() {
        PrefixedOutput output = output(2);

        output.line(new WorkerId(1, 1), Stream.OUT, "grüezi");
        output.line(new WorkerId(2, 1), Stream.ERR, "");

        assertThat(lines(out)).containsExactly("worker 1.1 | grüezi");
        assertThat(lines(err)).containsExactly("worker 2.1 | ");
    }

    @Test
    void namesAreAligned() {
        PrefixedOutput output = output(10);

        output.line(new WorkerId(2, 1), Stream.OUT, "a");
        output.line(new WorkerId(10, 1), Stream.OUT, "b");
        output.line(new WorkerId(10, 123), Stream.OUT, "c");
        output.line(new WorkerId(2, 1), Stream.OUT, "d");

        assertThat(lines(out))
                .containsExactly("worker 2.1  | a", "worker 10.1 | b", "worker 10.123 | c", "worker 2.1    | d");
    }

    @Test
    void linesOfManyWorkersNeverMix() throws InterruptedException {
        PrefixedOutput output = output(8);
        List<Thread> threads = new ArrayList<>();
        for (int number = 1; number <= 8; number++) {
            WorkerId worker = new WorkerId(number, 1);
            threads.add(new Thread(() -> {
                for (int i = 0; i < 500; i++) {
                    output.line(worker, Stream.OUT, "from " + worker);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(lines(out)).hasSize(4000).allMatch(line -> line.matches("worker (\\d\\.1) \\| from \\1"));
    }

    private static List<String> lines(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
