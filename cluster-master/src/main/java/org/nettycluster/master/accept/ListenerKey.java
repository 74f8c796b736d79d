package org.nettycluster.master.accept;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ServerOption;

/**
 * Which binds of different workers mean the same listening socket: equal addresses are equal however they were written,
 * and the n-th bind to port 0 of each worker is one (Node's rule).
 *
 * @param host the address, {@code *} for any address of both families, {@code [*]} for any of IPv6 only
 * @param port 0 for one that the kernel chooses
 * @param ordinal 0 unless the port is
 */
record ListenerKey(String host, int port, int ordinal) {
    static ListenerKey of(Listen listen) {
        boolean ipv6Only = listen.options().getOrDefault(ServerOption.IPV6_ONLY, 0) != 0;
        InetSocketAddress address = listen.address();
        return new ListenerKey(
                host(address, ipv6Only), address.getPort(), address.getPort() == 0 ? listen.ordinal() : 0);
    }

    static String host(InetSocketAddress address, boolean ipv6Only) {
        InetAddress host = address.getAddress();
        if (host.isAnyLocalAddress()) {
            return ipv6Only && host instanceof Inet6Address ? "[*]" : "*";
        }
        return host.getHostAddress();
    }
}
