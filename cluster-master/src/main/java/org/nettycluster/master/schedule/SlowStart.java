package org.nettycluster.master.schedule;

import java.time.Duration;

/**
 * How much of its share a worker gets while its JVM compiles what it runs: a tenth at its first connection, growing evenly to
 * all of it. Time counts from that connection on, since a JVM without work does not get warm. Immutable.
 */
final class SlowStart {
    /** So little that it does no harm, so much that it gets warm. */
    private static final double LEAST = 0.1;

    private final long nanos;

    /** @param length until all of the share; 0 for no slow start */
    SlowStart(Duration length) {
        if (length.isNegative()) {
            throw new IllegalArgumentException("slowStart " + length + " must be >= 0");
        }
        nanos = length.toNanos();
    }

    /** From 0.1 to 1. The first connection is given as to anybody: it starts the time. */
    double share(Candidate candidate) {
        long age = candidate.age();
        return age == 0 || age >= nanos ? 1 : Math.max(LEAST, (double) age / nanos);
    }

    @Override
    public String toString() {
        return nanos == 0 ? "" : ", slow start of " + Duration.ofNanos(nanos).toMillis() + " ms";
    }
}
