package org.nettycluster.master;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How a reload goes about it.
 *
 * @param maxSurge how many processes there may be beyond the size of the fleet, at least 1
 * @param readyTimeout within which each new worker must be ready
 * @param bake how long the first new worker must serve well before the rest follow; 0 for not at all
 * @param progress told of each step, on the supervisor's thread; must not block it
 */
public record ReloadOptions(int maxSurge, Duration readyTimeout, Duration bake, Consumer<ReloadProgress> progress) {
    private static final ReloadOptions DEFAULTS =
            new ReloadOptions(1, Duration.ofSeconds(60), Duration.ZERO, progress -> {});

    /** Checks the limits. */
    public ReloadOptions {
        if (maxSurge < 1) {
            throw new IllegalArgumentException("maxSurge " + maxSurge + " must be >= 1");
        }
        if (readyTimeout.isNegative() || readyTimeout.isZero()) {
            throw new IllegalArgumentException("readyTimeout " + readyTimeout + " must be > 0");
        }
        if (bake.isNegative()) {
            throw new IllegalArgumentException("bake " + bake + " must be >= 0");
        }
    }

    /** One process more than the fleet has, ready within 60 s, no bake, nobody told. */
    public static ReloadOptions defaults() {
        return DEFAULTS;
    }

    /** The same with another surge. */
    public ReloadOptions withMaxSurge(int maxSurge) {
        return new ReloadOptions(maxSurge, readyTimeout, bake, progress);
    }

    /** The same with another time to be ready. */
    public ReloadOptions withReadyTimeout(Duration readyTimeout) {
        return new ReloadOptions(maxSurge, readyTimeout, bake, progress);
    }

    /** The same with another bake. */
    public ReloadOptions withBake(Duration bake) {
        return new ReloadOptions(maxSurge, readyTimeout, bake, progress);
    }

    /** The same, and this one is told of each step. */
    public ReloadOptions withProgress(Consumer<ReloadProgress> progress) {
        return new ReloadOptions(maxSurge, readyTimeout, bake, progress);
    }
}
