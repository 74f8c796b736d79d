package org.nettycluster.protocol;

/**
 * Master → worker: what was unclaimed is revoked; close your lanes, let running work end, then say {@link Drained} and
 * exit.
 *
 * <pre>
 * | deadline, milliseconds from now (8) | idle, milliseconds (8) |
 * </pre>
 *
 * <p>A frame that ends behind the first field means {@link #defaultIdle}; an idle time beyond the deadline means the
 * deadline.
 *
 * @param deadlineMillis how long running connections may take, 0 or more
 * @param idleMillis how long a kept-alive connection may stay without a request before it is closed, 0 or more
 */
public record Drain(long deadlineMillis, long idleMillis) implements Frame {
    private static final long DEFAULT_IDLE_MILLIS = 5000;

    /** Cuts the idle time at the deadline. */
    public Drain {
        idleMillis = Math.min(idleMillis, deadlineMillis);
    }

    /** A drain with the default idle time. */
    public Drain(long deadlineMillis) {
        this(deadlineMillis, defaultIdle(deadlineMillis));
    }

    /** Five seconds, but never more than the deadline. */
    public static long defaultIdle(long deadlineMillis) {
        return Math.min(DEFAULT_IDLE_MILLIS, deadlineMillis);
    }
}
