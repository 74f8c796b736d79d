package org.nettycluster.master.control;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Takes this process the right to open anything, and gives it back: through another process, since that needs none. */
final class DescriptorLimit implements AutoCloseable {
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

    private final Process shell;
    private final BufferedWriter orders;
    private final BufferedReader answers;
    private final String usual;

    DescriptorLimit() throws IOException {
        assumeTrue(Files.isExecutable(PRLIMIT), "prlimit(1) is not installed");
        long us = ProcessHandle.current().pid();
        shell = new ProcessBuilder(
                        "sh",
                        "-c",
                        "prlimit --pid " + us
                                + " --nofile --noheadings --output SOFT; while read -r soft; do prlimit --pid " + us
                                + " --nofile=$soft:; echo $?; done")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        orders = shell.outputWriter();
        answers = shell.inputReader();
        usual = answers.readLine().strip();
        // Once without effect, so that every class is loaded.
        assumeTrue(order(usual), "prlimit(1) may not change our limit");
    }

    private boolean order(String soft) throws IOException {
        orders.write(soft + "\n");
        orders.flush();
        return "0".equals(answers.readLine());
    }

    /** Nothing can be opened any more; what is open stays so. */
    void exhaust() throws IOException {
        if (!order("3")) {
            throw new IOException("prlimit failed");
        }
    }

    void restore() throws IOException {
        if (!order(usual)) {
            throw new IOException("prlimit failed");
        }
    }

    @Override
    public void close() throws IOException {
        restore();
        orders.close();
        answers.close();
    }
}
