package org.nettycluster.master.control;

/**
 * Connections of one worker, by its own count.
 *
 * @param active open now
 * @param adopted taken so far
 */
public record Traffic(long active, long adopted) {}
