package org.nettycluster.protocol;

/**
 * Worker → master, the first and only frame of a lane: whose lane this is, and for which listener. After it the worker
 * sends nothing but doorbell bytes, the master nothing but file descriptors. On the passing lane both send descriptors and
 * nothing else.
 *
 * <pre>
 * | number (4) | generation (4) | token (16) | listener (4) | request (4) |
 * </pre>
 *
 * <p>A lane and the control connection overtake each other. Where a worker leaves a listener and binds it again at once,
 * the hello of the lane that it gave up may come behind the answer to its new bind: the request tells them apart.
 *
 * @param worker who opens the lane
 * @param token proves it
 * @param listener the number that {@link Listening} gave, or {@link #PASSING}
 * @param request of the bind that {@link Listening} answers, or {@link #NO_REQUEST}
 */
public record LaneHello(WorkerId worker, Token token, int listener, int request) implements Frame {
    /** In the place of a listener: the lane of connections that programs pass to each other. */
    public static final int PASSING = -1;

    /** In the place of a request: the passing lane's, and that of a worker of an earlier version, which says none. */
    public static final int NO_REQUEST = -1;
}
