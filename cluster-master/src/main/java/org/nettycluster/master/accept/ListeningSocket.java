package org.nettycluster.master.accept;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.ServerOption;

/** A socket that the master listens on, of TCP or at a path; owns its descriptor and its file. On the master's loop. */
final class ListeningSocket {
    /** Room for clients while a fleet restarts; the kernel caps it at net.core.somaxconn. */
    private static final int DEFAULT_BACKLOG = 4096;

    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int TCP_DEFER_ACCEPT = 9;
    private static final int TCP_FASTOPEN = 23;
    private static final int IP_FREEBIND = 15;
    private static final int IP_TRANSPARENT = 19;

    private final LinuxSocket socket;
    private final SocketAddress address;
    private final @Nullable SocketFile file;
    private final byte[] peer = new byte[1 + ClaimPage.MAX_ADDRESS];

    private ListeningSocket(LinuxSocket socket, SocketAddress address, @Nullable SocketFile file) {
        this.socket = socket;
        this.address = address;
        this.file = file;
    }

    /** One that listens already. */
    static ListeningSocket inherited(LinuxSocket socket) {
        return new ListeningSocket(socket, socket.localAddress(), null);
    }

    /**
     * Binds to a path and listens.
     *
     * @throws IOException as the system call failed, or the path is too long, or somebody else's
     */
    static ListeningSocket atPath(Path path, Map<ServerOption, Integer> options) throws IOException {
        try {
            SocketFile.Bound bound =
                    SocketFile.listen(path, options, options.getOrDefault(ServerOption.BACKLOG, DEFAULT_BACKLOG));
            return new ListeningSocket(bound.socket(), UnixDomainSocketAddress.of(path), bound.file());
        } catch (ChannelException e) {
            throw cause(e);
        }
    }

    LinuxSocket descriptor() {
        return socket;
    }

    /** Really bound, with the real port. */
    SocketAddress address() {
        return address;
    }

    /** As accept(2): a descriptor that the caller owns, or -1 if nobody waits. */
    int accept() throws IOException {
        return socket.accept(peer);
    }

    /** The address of the last one's peer, as {@link ClaimPage} wants it. */
    byte[] peer() {
        // Clients of a unix socket have no names, and what Netty says of them means nothing.
        return file == null ? Arrays.copyOfRange(peer, 1, 1 + peer[0]) : new byte[ClaimPage.NO_ADDRESS];
    }

    /** Closes it; the file goes first, so that nobody connects to a socket that is about to end. */
    void close() throws IOException {
        try {
            if (file != null) {
                file.remove();
            }
        } finally {
            socket.close();
        }
    }

    private static IOException cause(ChannelException failure) {
        // What Netty makes of a failed socket(2), out of descriptors say, or setsockopt(2): the worker's to hear.
        return failure.getCause() instanceof IOException cause ? cause : new IOException(failure.getMessage(), failure);
    }

    /**
     * Binds and listens. SO_REUSEADDR is on unless it was switched off, so that a restart does not wait for TIME_WAIT.
     *
     * @throws IOException as the system call failed; nothing stays open
     */
    static ListeningSocket open(InetSocketAddress address, Map<ServerOption, Integer> options) throws IOException {
        InetAddress host = address.getAddress();
        boolean ipv6 = !(host instanceof Inet4Address) || (host.isAnyLocalAddress() && LinuxSocket.isIPv6Preferred());
        try {
            return inherited(open(address, ipv6, options));
        } catch (ChannelException e) {
            throw cause(e);
        }
    }

    private static LinuxSocket open(InetSocketAddress address, boolean ipv6, Map<ServerOption, Integer> options)
            throws IOException {
        LinuxSocket socket = LinuxSocket.newSocketStream(ipv6);
        try {
            socket.setReuseAddress(options.getOrDefault(ServerOption.REUSE_ADDRESS, 1) != 0);
            for (Map.Entry<ServerOption, Integer> option : options.entrySet()) {
                apply(socket, address.getAddress() instanceof Inet6Address, option.getKey(), option.getValue());
            }
            socket.bind(address);
            socket.listen(options.getOrDefault(ServerOption.BACKLOG, DEFAULT_BACKLOG));
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static void apply(LinuxSocket socket, boolean ipv6, ServerOption option, int value) throws IOException {
        switch (option) {
            case RECEIVE_BUFFER -> socket.setReceiveBufferSize(value);
            case FAST_OPEN -> socket.setIntOpt(IPPROTO_TCP, TCP_FASTOPEN, value);
            case DEFER_ACCEPT -> socket.setIntOpt(IPPROTO_TCP, TCP_DEFER_ACCEPT, value);
            case FREE_BIND -> socket.setIntOpt(IPPROTO_IP, IP_FREEBIND, value);
            case TRANSPARENT -> socket.setIntOpt(IPPROTO_IP, IP_TRANSPARENT, value);
            case REUSE_PORT -> socket.setReusePort(value != 0);
            case IPV6_ONLY -> {
                // 0.0.0.0 is bound as :: of both families, and it is not what this option speaks of.
                if (ipv6) {
                    socket.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, value);
                }
            }
            case BACKLOG, REUSE_ADDRESS, EXCLUSIVE, SHARED, SOCKET_MODE, MAX_CONNECTIONS, DATAGRAM_SHARED -> {}
        }
    }
}
