package org.nettycluster.testsuite;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** strace(1) on all threads of a running process, until it is closed. Skips the test, and says why, where it cannot. */
final class Strace implements AutoCloseable {
    private final Process process;
    private final Path said;
    private final Path output;

    private Strace(long pid, List<String> options) throws IOException {
        output = Files.createTempFile("ncluster-strace", ".txt");
        said = Files.createTempFile("ncluster-strace", ".log");
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-o", output.toString()));
        command.addAll(options);
        command.addAll(List.of("-p", String.valueOf(pid)));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        Await.until(
                Duration.ofSeconds(10),
                () -> "strace attaches: " + said(),
                () -> !process.isAlive() || said().contains("attached"));
        if (!process.isAlive()) {
            String why = said();
            delete();
            assumeTrue(false, "strace may not attach here (ptrace is restricted): " + why);
        }
    }

    static Strace attach(long pid, String... options) throws IOException {
        boolean installed = false;
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            installed |= Files.isExecutable(Path.of(directory, "strace"));
        }
        assumeTrue(installed, "strace is not installed");
        return new Strace(pid, List.of(options));
    }

    /** Ends a trace that was started with -c; what was called how often. */
    Map<String, Long> counts() {
        end();
        Map<String, Long> counts = new TreeMap<>();
        try {
            for (String line : Files.readAllLines(output)) {
                // % time, seconds, usecs/call, calls, [errors], syscall
                String[] fields = line.strip().split(" +");
                if (fields.length >= 5 && fields[0].matches("[0-9.]+") && !line.endsWith("total")) {
                    counts.put(fields[fields.length - 1], Long.parseLong(fields[3]));
                }
            }
            return counts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete();
        }
    }

    private String said() {
        try {
            return Files.readString(said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end() {
        if (process.isAlive()) {
            Proc.signal("INT", process.pid());
        }
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError("strace does not end: " + said());
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while strace ended", e);
        }
    }

    private void delete() {
        try {
            Files.deleteIfExists(output);
            Files.deleteIfExists(said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        end();
        delete();
    }
}
