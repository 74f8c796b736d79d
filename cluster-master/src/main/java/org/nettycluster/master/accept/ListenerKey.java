package org.nettycluster.master.accept;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenUnix;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.WorkerId;

/**
 * Which binds of different workers mean the same listening socket: equal addresses are equal however they were written,
 * and the n-th bind to port 0 of each worker is one (Node's rule). An exclusive bind means the same as those of the
 * worker's own seat alone: not of its process, or no reload could start a successor beside it.
 *
 * @param host the address, {@code *} for any address of both families, {@code [*]} for any of IPv6 only; or a path
 * @param port 0 for one that the kernel chooses, -1 for a path
 * @param ordinal 0 unless the port is
 * @param seat whose it is alone: a slot, or a single fork with its number negated; 0 for everybody's
 */
record ListenerKey(String host, int port, int ordinal, int seat) {
    private static final int NO_PORT = -1;

    static ListenerKey of(WorkerId worker, Listen listen) {
        boolean ipv6Only = isSet(listen.options(), ServerOption.IPV6_ONLY);
        InetSocketAddress address = listen.address();
        return new ListenerKey(
                host(address, ipv6Only),
                address.getPort(),
                address.getPort() == 0 ? listen.ordinal() : 0,
                isSet(listen.options(), ServerOption.EXCLUSIVE) ? seat(worker) : 0);
    }

    private static int seat(WorkerId worker) {
        return worker.generation() == 0 ? -worker.number() : worker.number();
    }

    /** Of a path: its directory counts, by whatever links it is reached. */
    static ListenerKey of(WorkerId worker, Path path, ListenUnix listen) {
        Path key = path;
        Path directory = path.getParent();
        Path name = path.getFileName();
        if (directory != null && name != null) {
            try {
                key = directory.toRealPath().resolve(name);
            } catch (IOException e) {
                // bind(2) will say what is wrong with it.
            }
        }
        return new ListenerKey(
                key.toString(), NO_PORT, 0, isSet(listen.options(), ServerOption.EXCLUSIVE) ? seat(worker) : 0);
    }

    private static boolean isSet(Map<ServerOption, Integer> options, ServerOption option) {
        return options.getOrDefault(option, 0) != 0;
    }

    static String host(InetSocketAddress address, boolean ipv6Only) {
        InetAddress host = address.getAddress();
        if (host.isAnyLocalAddress()) {
            return ipv6Only && host instanceof Inet6Address ? "[*]" : "*";
        }
        if (host instanceof Inet6Address six && six.getScopeId() == 0) {
            try {
                // An IPv4 address that is written as one of IPv6 is itself again.
                return InetAddress.getByAddress(six.getAddress()).getHostAddress();
            } catch (UnknownHostException e) {
                throw new IllegalStateException("16 bytes are an address", e);
            }
        }
        return host.getHostAddress();
    }

    boolean isExclusive() {
        return seat != 0;
    }

    /** Whether it is this worker's alone, and no successor can ever ask for it: the worker is a single fork. */
    boolean endsWith(WorkerId worker) {
        return worker.generation() == 0 && seat == seat(worker);
    }

    /** Of the next bind to port 0. */
    ListenerKey next() {
        return new ListenerKey(host, port, ordinal + 1, seat);
    }

    /** Whether this number names a port that the kernel chose for the other. */
    boolean names(ListenerKey other, SocketAddress bound) {
        return bound instanceof InetSocketAddress inet
                && inet.getPort() == port
                && other.host.equals(host)
                && other.seat == seat;
    }
}
