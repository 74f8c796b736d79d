package org.nettycluster.master;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what only the kernel or another thread's memory shows, where no future can tell. */
public final class Eventually {
    private static final long DEADLINE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long LOOK_NANOS = Duration.ofMillis(2).toNanos();

    private Eventually() {}

    /** Looks until it is true, for 10 s at most. */
    public static void eventually(String what, Callable<Boolean> condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - start > DEADLINE_NANOS) {
                throw new AssertionError("not within 10 s: " + what);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
