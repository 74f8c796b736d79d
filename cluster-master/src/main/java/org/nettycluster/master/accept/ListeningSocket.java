package org.nettycluster.master.accept;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.nettycluster.protocol.ServerOption;

/** Opens the sockets that the master listens on. */
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

    private ListeningSocket() {}

    /**
     * Binds and listens. SO_REUSEADDR is on unless it was switched off, so that a restart does not wait for TIME_WAIT.
     *
     * @throws IOException as the system call failed; nothing stays open
     */
    static LinuxSocket open(InetSocketAddress address, Map<ServerOption, Integer> options) throws IOException {
        InetAddress host = address.getAddress();
        boolean ipv6 = !(host instanceof Inet4Address) || (host.isAnyLocalAddress() && LinuxSocket.isIPv6Preferred());
        try {
            return open(address, ipv6, options);
        } catch (ChannelException e) {
            // What Netty makes of a failed socket(2), out of descriptors say, or setsockopt(2): the worker's to hear.
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getMessage(), e);
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
            case BACKLOG, REUSE_ADDRESS, EXCLUSIVE -> {}
        }
    }
}
