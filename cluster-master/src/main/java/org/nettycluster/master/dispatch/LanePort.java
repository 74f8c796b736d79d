package org.nettycluster.master.dispatch;

/** What a lane's decisions need of the socket below them. On the dispatcher's thread. */
public interface LanePort {
    /** How sending a descriptor ended. */
    enum Sent {
        /** The message is in the pipe. */
        YES,
        /** EAGAIN: this lane's pipe is full. */
        FULL,
        /** ETOOMANYREFS, ENOBUFS, ENOMEM: no lane can send now (the first is a limit per user, neighbours count). */
        STARVED,
        /** EPIPE, ECONNRESET or anything else: the lane is dead; its end will be reported. */
        DEAD
    }

    /** Sends a copy of the descriptor down the lane; the original stays with the caller. */
    Sent send(int fd);

    /** Whether its worker's process is stopped by a signal now, and so claims nothing however idle the machine is. */
    default boolean isStopped() {
        return false;
    }

    /**
     * Closes the lane's socket because its worker broke the protocol. {@link Dispatcher#laneEnded} has already been
     * carried out for it.
     *
     * @param why what its worker did, for the log
     */
    void close(String why);

    /**
     * The lane has ended, and this connection was among the last that were claimed on it, one for each cell: if its
     * worker has died, it died with it, whether or not the worker ever got to saying so anywhere. For the log.
     *
     * @param address the peer's, as accept(2) gave it
     */
    default void endedWithClaim(byte[] address) {}
}
