package org.nettycluster.testsuite.node;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.nettycluster.master.ClusterEvents;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.supervise.WorkerExit;

/** Everything that was told, a line each, in order. Thread safe: waiting threads are woken by each line. */
final class History implements ClusterEvents {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<String> lines = new ArrayList<>();

    @Override
    public void fork(WorkerProcess worker) {
        add("fork " + worker.id());
    }

    @Override
    public void online(WorkerProcess worker) {
        add("online " + worker.id());
    }

    @Override
    public void listening(WorkerProcess worker, InetSocketAddress address) {
        add("listening " + worker.id());
    }

    @Override
    public void listening(WorkerProcess worker, Path path) {
        add("listening " + worker.id());
    }

    @Override
    public void disconnect(WorkerProcess worker) {
        add("disconnect " + worker.id());
    }

    @Override
    public void exit(WorkerProcess worker, WorkerExit exit) {
        add("exit " + worker.id() + " " + exit);
    }

    synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** Those that tell of this worker. */
    List<String> of(int worker) {
        return lines().stream()
                .filter(line -> (line + " ").contains(" " + worker + " "))
                .toList();
    }

    /** Waits until a line begins so, and returns it. */
    String await(String beginning) {
        return await(beginning, 1);
    }

    /** Waits until so many lines begin so, and returns the last of these. */
    synchronized String await(String beginning, int count) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            List<String> found =
                    lines.stream().filter(line -> line.startsWith(beginning)).toList();
            if (found.size() >= count) {
                return found.get(count - 1);
            }
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError(
                        "not within " + PATIENCE + ": '" + beginning + "', " + count + " times; there was " + lines);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while waiting for " + beginning, e);
            }
        }
    }
}
