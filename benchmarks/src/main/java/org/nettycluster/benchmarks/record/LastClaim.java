package org.nettycluster.benchmarks.record;

/**
 * One of the last claims on a lane that has ended, as the master logged it.
 *
 * @param worker whose
 * @param port the peer's
 * @param at when the lane's end was noticed, by {@link System#nanoTime()}
 */
public record LastClaim(String worker, int port, long at) {}
