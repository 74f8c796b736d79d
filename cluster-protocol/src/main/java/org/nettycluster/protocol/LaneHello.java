package org.nettycluster.protocol;

/**
 * Worker → master, the first and only frame of a lane: whose lane this is, and for which listener. After it the worker
 * sends nothing but doorbell bytes, the master nothing but file descriptors. On the passing lane both send descriptors and
 * nothing else.
 *
 * <pre>
 * | number (4) | generation (4) | token (16) | listener (4) |
 * </pre>
 *
 * @param worker who opens the lane
 * @param token proves it
 * @param listener the number that {@link Listening} gave, or {@link #PASSING}
 */
public record LaneHello(WorkerId worker, Token token, int listener) implements Frame {
    /** In the place of a listener: the lane of connections that programs pass to each other. */
    public static final int PASSING = -1;
}
