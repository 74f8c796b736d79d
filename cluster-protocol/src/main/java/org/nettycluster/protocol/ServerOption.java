package org.nettycluster.protocol;

import java.util.Optional;

/**
 * A socket option of the listening socket that travels in {@link Listen}, or of a UDP socket in {@link DatagramHello}: the
 * master owns that socket and applies it.
 * The code is the wire and never changes meaning.
 */
public enum ServerOption {
    /** listen(2)'s backlog; the kernel caps it at net.core.somaxconn. */
    BACKLOG(1),
    /** SO_REUSEADDR, 0 or 1. */
    REUSE_ADDRESS(2),
    /** SO_RCVBUF in bytes, inherited by accepted sockets. */
    RECEIVE_BUFFER(3),
    /** TCP_FASTOPEN, length of the queue. */
    FAST_OPEN(4),
    /** TCP_DEFER_ACCEPT in seconds. */
    DEFER_ACCEPT(5),
    /** IPV6_V6ONLY, 0 or 1. */
    IPV6_ONLY(6),
    /** IP_FREEBIND, 0 or 1. */
    FREE_BIND(7),
    /** IP_TRANSPARENT, 0 or 1. */
    TRANSPARENT(8),
    /** 1: a socket of the worker's seat alone, that no other seat shares. */
    EXCLUSIVE(9),
    /** SO_REUSEPORT, 0 or 1: several exclusive sockets at one address, and the kernel chooses. */
    REUSE_PORT(10),
    /** 1: the workers get the listening socket and accept for themselves; 0: the master accepts. */
    SHARED(11),
    /** Permissions of a unix socket's file, as chmod(2) takes them. */
    SOCKET_MODE(12),
    /** Connections that this worker has at most at once of this listener. Its own: it is not shared with the socket. */
    MAX_CONNECTIONS(13),
    /** 1: one UDP socket for all workers; 0: one for each slot. */
    DATAGRAM_SHARED(14);

    private static final ServerOption[] OPTIONS = values();

    private final int code;

    ServerOption(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static Optional<ServerOption> of(int code) {
        for (ServerOption option : OPTIONS) {
            if (option.code == code) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }
}
