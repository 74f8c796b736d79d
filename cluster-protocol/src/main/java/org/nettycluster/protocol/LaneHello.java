package org.nettycluster.protocol;

/**
 * Worker → master, the first and only frame of a lane: whose lane this is, and for which listener. After it the worker
 * sends nothing but doorbell bytes, the master nothing but file descriptors.
 *
 * <pre>
 * | number (4) | generation (4) | token (16) | listener (4) |
 * </pre>
 *
 * @param worker who opens the lane
 * @param token proves it
 * @param listener the number that {@link Listening} gave
 */
public record LaneHello(WorkerId worker, Token token, int listener) implements Frame {}
