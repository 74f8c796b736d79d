package org.nettycluster.master.dispatch;

/**
 * How the connections of one listener went so far.
 *
 * @param accepted taken from the kernel
 * @param offered sent down a lane, re-offers included
 * @param claimed adopted by a worker
 * @param refused given back by a worker that could not take it
 * @param revoked offers taken back by the master: stalled, closed or dead lanes
 * @param abandoned closed on purpose: the listener closed, or a worker broke the protocol while holding the offer
 * @param waiting came back and wait for a lane now
 */
public record HandoffCounters(
        long accepted, long offered, long claimed, long refused, long revoked, long abandoned, int waiting) {
    /** Of a listener that has seen no connection. */
    public static final HandoffCounters NONE = new HandoffCounters(0, 0, 0, 0, 0, 0, 0);
}
