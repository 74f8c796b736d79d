package org.nettycluster.worker;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread writes into shared memory, where no future can tell. */
final class Eventually {
    private static final long DEADLINE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long LOOK_NANOS = Duration.ofMillis(1).toNanos();

    private Eventually() {}

    static void eventually(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > DEADLINE_NANOS) {
                throw new AssertionError("not within 10 s: " + what);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
