package org.nettycluster.master.accept;

import java.util.concurrent.TimeUnit;

/**
 * A clock that stands while its owner was not there to watch: pure, one for each {@link Listener}.
 *
 * <p>A loop that asked to be woken after 5 ms and got a processor after 15 has not seen 10 ms. Nor has anybody else, most
 * likely: workers wait for the same processors. To count that time as theirs would make every worker look stalled
 * whenever the machine is busy, or the master itself has collected garbage.
 */
final class WatchedClock {
    /** What one wake-up may take; if it takes longer, the loop was not running. */
    private static final long HANDLING = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long NEVER = Long.MAX_VALUE;

    private long watched;
    private long since;
    private long due = NEVER;
    private boolean asleep;

    WatchedClock(long real) {
        watched = real;
        since = real;
    }

    /**
     * The owner is awake: to be called before it looks at anything.
     *
     * @param real of {@link System#nanoTime}
     * @return nanoseconds that were watched, from the same origin; they stand until the owner sleeps
     */
    long wakes(long real) {
        if (asleep) {
            watched += Math.max(0, Math.min(real, due) - since);
            asleep = false;
            since = real;
        }
        return watched;
    }

    /**
     * The owner has done its work.
     *
     * @param wakeUp when it has asked to be woken, as {@link System#nanoTime}, or {@link Long#MAX_VALUE}
     */
    void sleeps(long real, long wakeUp) {
        if (!asleep) {
            watched += Math.min(real - since, HANDLING);
            asleep = true;
            since = real;
        }
        due = wakeUp;
    }
}
