package org.nettycluster.benchmarks.record;

/**
 * One entry of a worker's record.
 *
 * @param worker whose
 * @param sequence its place in that record
 * @param at when, by {@link System#nanoTime()}, which on Linux all JVMs of a machine share
 * @param port the peer's
 * @param fact what happened
 */
public record Entry(String worker, int sequence, long at, int port, Fact fact) {
    /** What happened. */
    public sealed interface Fact {}

    /**
     * A connection became active.
     *
     * @param cookie the kernel's number of its socket
     */
    public record Accepted(long cookie) implements Fact {}

    /**
     * A request came.
     *
     * @param nonce that it carried
     */
    public record Requested(String nonce) implements Fact {}
}
