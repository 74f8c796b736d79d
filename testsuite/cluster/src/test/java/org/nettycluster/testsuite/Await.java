package org.nettycluster.testsuite;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another process does, which nobody here is told of, and fails with a sentence when it does not. */
final class Await {
    private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(2);

    private Await() {}

    static void until(Duration patience, Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + patience + ": " + what.get());
            }
            LockSupport.parkNanos(LOOK_AGAIN);
        }
    }

    /** For what is defined by time: how long a fault lasts, how long a count is taken. */
    static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
