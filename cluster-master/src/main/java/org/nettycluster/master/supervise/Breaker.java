package org.nettycluster.master.supervise;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Opens when one slot has crashed too often in a short time. Pure. */
final class Breaker {
    private final int limit;
    private final long within;
    private final Deque<Long> crashes = new ArrayDeque<>();

    /** @param limit crashes within this time open it; 0 for never */
    Breaker(int limit, Duration within) {
        this.limit = limit;
        this.within = within.toNanos();
    }

    /** A crash at this time, in nanoseconds of any clock; returns whether the breaker is open now. */
    boolean crashed(long now) {
        if (limit == 0) {
            return false;
        }
        crashes.addLast(now);
        while (now - crashes.getFirst() > within) {
            crashes.removeFirst();
        }
        return crashes.size() >= limit;
    }

    /** How many crashes it remembers. */
    int count() {
        return crashes.size();
    }

    /** Whatever was, counts no more. */
    void reset() {
        crashes.clear();
    }
}
