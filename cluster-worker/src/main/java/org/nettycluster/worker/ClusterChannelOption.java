package org.nettycluster.worker;

import io.netty.channel.ChannelOption;

/** Options of {@link ClusterServerSocketChannel}, and of {@link ClusterWorker#bindDatagram}, that Netty has no constant for. */
public final class ClusterChannelOption {
    /** Whether an IPv6 wildcard address leaves IPv4 alone. Applied by the master when it binds. */
    public static final ChannelOption<Boolean> IPV6_V6ONLY =
            ChannelOption.valueOf(ClusterChannelOption.class, "IPV6_V6ONLY");

    /**
     * Whether the bind is for this worker's seat alone; default false, shared with all workers. The master binds it then for
     * this worker and its successors; another worker's bind to the same address fails with EADDRINUSE, and each bind to
     * port 0 has a port of its own. With {@code SO_REUSEPORT} as well, each worker may have such a socket at one address, and the
     * kernel chooses among them.
     */
    public static final ChannelOption<Boolean> EXCLUSIVE =
            ChannelOption.valueOf(ClusterChannelOption.class, "EXCLUSIVE");

    /**
     * Permissions of the file of a unix socket, as chmod(2) takes them: 0 to 0777, in Java {@code 0660}. Default: what the
     * master's umask leaves of 0777. Clients need the right to write.
     */
    public static final ChannelOption<Integer> SOCKET_MODE =
            ChannelOption.valueOf(ClusterChannelOption.class, "SOCKET_MODE");

    /**
     * How many connections this server channel has at most at once: claimed, or offered to it. Default 0, no limit. The
     * master counts, offers the next ones to other workers, and leaves clients in the backlog while there is nobody who
     * has a place. Where the listener is {@link #SHARED} the worker counts, and accepts no more. Taken at {@code bind}; what
     * is set later has no effect. Each worker has its own.
     */
    public static final ChannelOption<Integer> MAX_CONNECTIONS =
            ChannelOption.valueOf(ClusterChannelOption.class, "MAX_CONNECTIONS");

    /**
     * Whether the workers accept for themselves from one listening socket, instead of the master, who then hands each
     * connection over; default as the master was told, which is false. It costs less for each connection and promises less:
     * what a worker has accepted no other can take over. Whoever binds first decides. A unix socket is never shared.
     */
    public static final ChannelOption<Boolean> SHARED = ChannelOption.valueOf(ClusterChannelOption.class, "SHARED");

    /**
     * Whether a UDP bind gets the one socket of all workers, of which whoever comes first reads, as in Node; default false,
     * the socket of the worker's slot. Binds of both kinds at one address fail with EADDRINUSE.
     */
    public static final ChannelOption<Boolean> DATAGRAM_SHARED =
            ChannelOption.valueOf(ClusterChannelOption.class, "DATAGRAM_SHARED");

    private ClusterChannelOption() {}
}
