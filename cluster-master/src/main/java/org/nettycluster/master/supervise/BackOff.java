package org.nettycluster.master.supervise;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** How long a slot waits after a crash: doubles with each, and a fifth more or less so that slots part. Pure. */
final class BackOff {
    /** A worker that was ready for so long has shown that it can serve: the next crash is a first one. */
    static final Duration HEALTHY = Duration.ofSeconds(2);

    private static final double JITTER = 0.2;

    private final Duration first;
    private final Duration most;
    private final DoubleSupplier random;
    private int crashes;

    /** @param random from 0, inclusive, to 1 */
    BackOff(Duration first, Duration most, DoubleSupplier random) {
        this.first = first;
        this.most = most;
        this.random = random;
    }

    /** A worker that was ready for this long, 0 if never, has crashed. */
    Duration afterCrash(Duration ready) {
        if (ready.compareTo(HEALTHY) >= 0) {
            crashes = 0;
        }
        // Beyond 30 doublings any first delay has reached the longest.
        double nanos = Math.min((double) first.toNanos() * (1L << Math.min(crashes, 30)), (double) most.toNanos());
        crashes++;
        return Duration.ofNanos(Math.round(nanos * (1 - JITTER + 2 * JITTER * random.getAsDouble())));
    }

    /** Whatever was, counts no more. */
    void reset() {
        crashes = 0;
    }
}
