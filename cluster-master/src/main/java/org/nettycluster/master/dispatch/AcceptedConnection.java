package org.nettycluster.master.dispatch;

import org.nettycluster.master.schedule.Arrival;

/**
 * One accepted connection and the only owner of its file descriptor in the master, from accept(2) until it is closed,
 * once: after a worker's claim, or on purpose. On the dispatcher's thread.
 */
public final class AcceptedConnection implements Comparable<AcceptedConnection> {
    private final long order;
    private final int fd;
    private final byte[] address;
    private final FdCloser closer;
    private int revocations;
    private boolean closed;

    /**
     * Takes over a descriptor.
     *
     * @param order number of this connection in order of acceptance
     * @param fd owned by this object from now on
     * @param address the peer's address as accept(2) gave it, 8 or 24 bytes; not copied
     * @param closer closes the descriptor
     */
    public AcceptedConnection(long order, int fd, byte[] address, FdCloser closer) {
        this.order = order;
        this.fd = fd;
        this.address = address;
        this.closer = closer;
    }

    /** Closes a raw file descriptor, never failing. */
    @FunctionalInterface
    public interface FdCloser {
        /**
         * Closes it.
         *
         * @param fd open, and nobody else's
         */
        void close(int fd);

        /**
         * Closes a descriptor of which copies lie about in workers, so that its client learns it now: shutdown(2) first.
         * Where nothing can be shut down it only closes.
         *
         * @param fd open, and nobody else's
         */
        default void shutdownAndClose(int fd) {
            close(fd);
        }
    }

    /** The descriptor, to be sent; still owned here. */
    public int fd() {
        return fd;
    }

    /** The peer's address as accept(2) gave it. */
    public byte[] address() {
        return address;
    }

    long order() {
        return order;
    }

    /** As a scheduler sees it. */
    Arrival arrival() {
        return Arrival.of(order, address);
    }

    /** How often an offer of it was taken back: a stale copy of its fd may lie about if it is not 0. */
    int revocations() {
        return revocations;
    }

    void revoked() {
        revocations++;
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return closed;
    }

    /** Closes the descriptor, the first time. */
    public void close() {
        if (!closed) {
            closed = true;
            closer.close(fd);
        }
    }

    /**
     * Closes the descriptor of a connection that nobody will serve. A copy that was taken back may still lie in the pipe
     * of a stalled worker and would keep the client waiting for its end of file until that stall ends.
     */
    void abandon() {
        if (!closed) {
            closed = true;
            if (revocations > 0) {
                closer.shutdownAndClose(fd);
            } else {
                closer.close(fd);
            }
        }
    }

    @Override
    public int compareTo(AcceptedConnection other) {
        return Long.compare(order, other.order);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(order);
    }

    @Override
    public String toString() {
        return "connection " + order + " (fd " + fd + ")";
    }
}
