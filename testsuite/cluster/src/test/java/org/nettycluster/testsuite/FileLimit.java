package org.nettycluster.testsuite;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** A low limit of open files on a running process, until it is closed. Only the soft limit moves, so that anybody may. */
final class FileLimit implements AutoCloseable {
    private static final String PRLIMIT = "/usr/bin/prlimit";

    private final long pid;
    private final String before;

    private FileLimit(long pid, long limit) {
        this.pid = pid;
        assumeTrue(Files.isExecutable(Path.of(PRLIMIT)), PRLIMIT + " (util-linux) is not installed");
        before = Proc.openFilesLimit(pid);
        set(String.valueOf(limit));
    }

    /** So many more descriptors than it has now. */
    static FileLimit leaving(long pid, int more) {
        long highest = Proc.descriptors(pid).stream()
                .mapToLong(path -> Long.parseLong(path.getFileName().toString()))
                .max()
                .orElseThrow();
        // Free numbers below the highest count, too.
        long free = highest + 1 - Proc.descriptors(pid).size();
        return new FileLimit(pid, highest + 1 + Math.max(0, more - free));
    }

    static FileLimit of(long pid, long limit) {
        return new FileLimit(pid, limit);
    }

    private void set(String limit) {
        Proc.run(PRLIMIT, "--pid", String.valueOf(pid), "--nofile=" + limit + ":");
    }

    @Override
    public void close() {
        set(before);
    }
}
