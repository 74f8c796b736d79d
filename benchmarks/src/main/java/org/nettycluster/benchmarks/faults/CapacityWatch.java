package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.time.Duration;

/** Looks at how many slots are ready, again and again, on a thread of its own from {@link #begin} to {@link #close}. */
final class CapacityWatch implements AutoCloseable {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final RunningCluster cluster;
    private final Thread thread = new Thread(this::look, "capacity");
    private volatile boolean over;
    private volatile long least = Long.MAX_VALUE;
    private volatile long looks;
    private volatile String trouble = "";

    private CapacityWatch(RunningCluster cluster) {
        this.cluster = cluster;
    }

    static CapacityWatch begin(RunningCluster cluster) {
        CapacityWatch watch = new CapacityWatch(cluster);
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
    private void look() {
        while (!over) {
            try {
                least = Math.min(least, cluster.status().number("ready"));
                looks++;
            } catch (IOException e) {
                trouble = String.valueOf(e.getMessage());
            }
            RunningCluster.pause(BETWEEN_LOOKS);
        }
    }

    /** The smallest number of ready slots so far. */
    long least() {
        return least;
    }

    /** How often it has looked. */
    long looks() {
        return looks;
    }

    /** Why it could not look once; empty if it always could. */
    String trouble() {
        return trouble;
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
