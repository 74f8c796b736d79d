package org.nettycluster.master.control;

/**
 * An event loop of a worker that does not move.
 *
 * @param loop its number on the claim page, 0 for the whole JVM
 * @param since when it moved last, by {@link System#nanoTime}
 */
public record Stall(int loop, long since) {}
