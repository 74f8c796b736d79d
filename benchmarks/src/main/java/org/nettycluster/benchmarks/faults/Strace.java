package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * strace(1) on all threads of running processes: it makes system calls fail, until it is ended. Owns its process, which
 * must be of the same user as those; the stage ends it if nobody else does.
 */
final class Strace {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Process process;
    private final Path said;
    private final Path calls;

    private Strace(Process process, Path said, Path calls) {
        this.process = process;
        this.said = said;
        this.calls = calls;
    }

    /**
     * Attached, or an exception that says why not.
     *
     * @param call the only one that is traced
     * @param failure as strace's inject takes it: {@code error=ENOMEM:when=5..24}; counted for each thread
     */
    static Strace inject(Stage stage, List<Long> pids, String call, String failure)
            throws IOException, InterruptedException {
        Path said = Files.createTempFile(stage.directory(), "strace", ".log");
        Path calls = Files.createTempFile(stage.directory(), "strace", ".txt");
        List<String> command = new ArrayList<>(List.of(
                "strace", "-f", "-o", calls.toString(), "-e", "trace=" + call, "-e", "inject=" + call + ":" + failure));
        pids.forEach(pid -> command.addAll(List.of("-p", "" + pid)));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        Strace strace = new Strace(process, said, calls);
        stage.keep(strace::end);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (Files.readString(said).split("attached", -1).length <= pids.size()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                strace.end();
                throw new IOException(
                        "strace can't attach to " + pids + " (is ptrace restricted, or strace not installed?): "
                                + Files.readString(said).strip());
            }
            RunningCluster.pause(Duration.ofMillis(5));
        }
        return strace;
    }

    /** Detaches; how many calls have failed so. */
    long end() throws IOException, InterruptedException {
        if (process.isAlive()) {
            new Vitals(process.pid()).signal("INT");
        }
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("strace did not end: " + Files.readString(said));
        }
        return Files.readAllLines(calls).stream()
                .filter(line -> line.endsWith("(INJECTED)"))
                .count();
    }
}
