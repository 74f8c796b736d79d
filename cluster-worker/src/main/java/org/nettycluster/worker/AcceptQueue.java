package org.nettycluster.worker;

/**
 * The kernel's queue of those who wait for a client of a shared socket. On the server channel's loop.
 *
 * <p>Where the kernel wakes one for a client ({@link ExclusiveQueue}), it begins with who has waited longest: to enter again
 * is to let others go first. Whoever was woken and takes nothing has to look again by himself, since nobody else was told.
 */
interface AcceptQueue {
    /** Waits from now on, behind all others; also if it waits already. */
    void enter();

    /** Waits no more. */
    void leave();

    /** For good. */
    void close();

    /** The queue as this version of Netty has it. */
    static AcceptQueue of(ClusterServerSocketChannel server, SharedSocket socket) {
        return EpollLoops.NETTY_4_2 ? new ExclusiveQueue(server.eventLoop(), socket) : new CommonQueue(server, socket);
    }
}
