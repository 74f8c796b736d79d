package org.nettycluster.testsuite.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Starts {@link PrimaryMain}, whose end is what a test is about. */
final class Primary {
    private Primary() {}

    static Process start(String how, Path directory) throws IOException {
        return new ProcessBuilder(Cluster.jvm(PrimaryMain.class)
                        .withArguments(how, directory.resolve("run").toString())
                        .command())
                .redirectErrorStream(true)
                .start();
    }

    /** The worker that it says it has. */
    static ProcessHandle worker(Process primary) throws IOException {
        return ProcessHandle.of(number(primary, "worker ")).orElseThrow();
    }

    /** Where that one listens; asked for after it. */
    static int port(Process primary) throws IOException {
        return (int) number(primary, "port ");
    }

    private static long number(Process primary, String name) throws IOException {
        BufferedReader lines = primary.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()));
            }
        }
        throw new AssertionError("it has ended and named no " + name);
    }

    static int codeOf(Process primary) throws InterruptedException {
        if (!primary.waitFor(20, TimeUnit.SECONDS)) {
            primary.destroyForcibly();
            throw new AssertionError("the master has not ended within 20 s");
        }
        return primary.exitValue();
    }
}
