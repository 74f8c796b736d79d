package org.nettycluster.master.accept;

import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The listening and UDP sockets that the master has inherited: a bind to the address of one gets it instead of a socket of its
 * own. On the master's loop once it is open.
 *
 * <p>Owns the inherited descriptors for the life of the master, and gives copies away. So a listener closes its own, and
 * the address can be bound again: the parent would still hold the port, and bind(2) would say EADDRINUSE for ever.
 */
public final class InheritedSockets {
    /** None. */
    public static final InheritedSockets NONE = new InheritedSockets(List.of(), Path.of(""));

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(InheritedSockets.class);
    // Of socket(7); Netty has no names for them.
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SOCK_DGRAM = 2;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_DOMAIN = 39;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int O_NONBLOCK = 04000;

    private final List<Held> held;
    private final Path directory;

    private InheritedSockets(List<Held> held, Path directory) {
        this.held = held;
        this.directory = directory;
    }

    private static final class Held {
        final InheritedSocket socket;
        final InetSocketAddress address;
        final String host;
        final boolean datagram;
        boolean used;

        Held(InheritedSocket socket, InetSocketAddress address, String host, boolean datagram) {
            this.socket = socket;
            this.address = address;
            this.host = host;
            this.datagram = datagram;
        }

        boolean isAt(String otherHost, int port, boolean udp) {
            return address.getPort() == port && host.equals(otherHost) && datagram == udp;
        }

        @Override
        public String toString() {
            return socket + " on " + address;
        }
    }

    /**
     * Looks at each of them; owns them from here on.
     *
     * @param directory of ours alone, for a socket that lives for a moment; its path must be short
     * @throws IOException if one is neither a listening TCP socket nor a bound UDP socket, or two have one address
     */
    public static InheritedSockets open(List<InheritedSocket> sockets, Path directory) throws IOException {
        List<Held> held = new ArrayList<>();
        for (InheritedSocket socket : sockets) {
            Held next = look(socket);
            for (Held other : held) {
                if (other.isAt(next.host, next.address.getPort(), next.datagram)) {
                    throw new IOException(next + " is the address of " + other + ", too: pass one of them");
                }
            }
            held.add(next);
        }
        return new InheritedSockets(held, directory);
    }

    private static Held look(InheritedSocket inherited) throws IOException {
        try {
            LinuxSocket socket = LinuxSocket.newSocket(inherited.descriptor());
            int domain = socket.getIntOpt(SOL_SOCKET, SO_DOMAIN);
            boolean datagram = socket.getIntOpt(SOL_SOCKET, SO_TYPE) == SOCK_DGRAM;
            if ((domain == AF_INET || domain == AF_INET6)
                    && (datagram
                            ? socket.localAddress().getPort() != 0
                            : socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) == 1)) {
                InetSocketAddress address = socket.localAddress();
                boolean ipv6Only = domain == AF_INET6
                        && address.getAddress() instanceof Inet6Address
                        && socket.getIntOpt(IPPROTO_IPV6, IPV6_V6ONLY) != 0;
                return new Held(inherited, address, ListenerKey.host(address, ipv6Only), datagram);
            }
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    inherited + " is no listening TCP socket: " + e.getMessage() + ": does our parent pass it on?", e);
        }
        throw new IOException(inherited
                + " is no listening TCP socket: call listen(2) before you pass it on, or bind(2) if it is of UDP");
    }

    /** A copy of the TCP socket at this address, which the caller owns; null if there is none. */
    @Nullable
    LinuxSocket take(ListenerKey key) throws IOException {
        return take(key, false);
    }

    /** The same of UDP. */
    @Nullable
    LinuxSocket takeDatagram(ListenerKey key) throws IOException {
        return take(key, true);
    }

    private @Nullable LinuxSocket take(ListenerKey key, boolean datagram) throws IOException {
        if (key.port() <= 0 || key.isExclusive()) {
            return null;
        }
        for (Held each : held) {
            if (each.isAt(key.host(), key.port(), datagram)) {
                LinuxSocket copy = copy(each.socket);
                each.used = true;
                return copy;
            }
        }
        return null;
    }

    /**
     * A copy that does not block. A parent leaves its socket blocking, an accept(2) on that would stop the whole master
     * when somebody else was faster, and Netty offers no fcntl(2). But it does one for each descriptor that it receives
     * (unix(7), SCM_RIGHTS), and O_NONBLOCK belongs to the open file, which all copies share. So it is sent to ourselves.
     */
    private LinuxSocket copy(InheritedSocket inherited) throws IOException {
        Path name = directory.resolve("self.sock");
        DomainSocketAddress address = new DomainSocketAddress(name.toString());
        Files.deleteIfExists(name);
        int number;
        Socket self = Socket.newSocketDomainDgram();
        try {
            self.bind(address);
            // From here on the kernel lets nobody else send to it.
            self.connect(address);
            if (self.sendFd(inherited.descriptor()) < 0) {
                throw new IOException("can't copy " + inherited + ": the socket to ourselves takes nothing");
            }
            number = self.recvFd();
        } finally {
            self.close();
            Files.deleteIfExists(name);
        }
        if (number <= 0) {
            throw new IOException("can't copy " + inherited + ": nothing came back");
        }
        try {
            if (!isNonBlocking(number)) {
                throw new IOException("can't make " + inherited + " non-blocking: let its parent do it");
            }
            return LinuxSocket.newSocket(number);
        } catch (IOException | RuntimeException e) {
            new FileDescriptor(number).close();
            throw e;
        }
    }

    /** As proc_pid_fdinfo(5) says. */
    static boolean isNonBlocking(int descriptor) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo", Integer.toString(descriptor)))) {
            if (line.startsWith("flags:")) {
                return (Integer.parseInt(line.substring("flags:".length()).trim(), 8) & O_NONBLOCK) != 0;
            }
        }
        return false;
    }

    /** Warns of each that no worker has bound so far. */
    void reportUnused() {
        for (Held each : held) {
            if (!each.used) {
                LOGGER.warn(
                        "{} was bound by no worker: its clients wait, and nobody serves them: let the "
                                + "program bind this address, or don't pass the socket",
                        each);
            }
        }
    }

    void close() {
        for (Held each : held) {
            try {
                new FileDescriptor(each.socket.descriptor()).close();
            } catch (IOException e) {
                LOGGER.warn("can't close {}: {}", each, e.getMessage());
            }
        }
    }
}
