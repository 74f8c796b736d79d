package org.nettycluster.master.dispatch;

import java.util.concurrent.TimeUnit;

/**
 * How long a lane has lately taken to claim what it was offered: the measure of what is late on this machine at this
 * moment. Pure; one for each {@link Lane}.
 *
 * <p>A moving average, because one slow claim among many says little. It fades within a second: when nothing is claimed,
 * nothing is known.
 */
final class ClaimTime {
    static final long UNKNOWN = -1;

    private static final int WEIGHT = 4;
    private static final long HALF_LIFE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FORGOTTEN = 10 * HALF_LIFE;

    private long average;
    private long at;
    private boolean known;

    /**
     * A claim was seen. The master looks when it happens to, so it knows two bounds only; what is within them says nothing
     * new.
     *
     * @param atLeast nanoseconds from the offer to the last look that found it unclaimed
     * @param atMost nanoseconds from the offer to now
     */
    void add(long atLeast, long atMost, long now) {
        if (!known) {
            average = atLeast;
        } else if (average < atLeast) {
            average += (atLeast - average) / WEIGHT;
        } else if (average > atMost) {
            average += (atMost - average) / WEIGHT;
        }
        at = now;
        known = true;
    }

    /** Nanoseconds, or {@link #UNKNOWN} if there was no claim in the last second. */
    long get(long now) {
        long silence = now - at;
        return known && silence < FORGOTTEN ? average >> (silence / HALF_LIFE) : UNKNOWN;
    }
}
