package org.nettycluster.master.accept;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.DatagramHello;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.WorkerId;

/**
 * The sockets of one UDP address: one for each slot, among which the kernel chooses by a hash of the peer's address and
 * ours, or one for all. On the master's loop; owns them.
 *
 * <p>The hash says a number, and that names a socket by its place in the order of binding. So a peer stays with its slot as
 * long as no socket is added or closed.
 */
final class DatagramGroup {
    /** Who is no slot: everybody. */
    static final int ALL = 0;

    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int IP_FREEBIND = 15;
    private static final int IP_TRANSPARENT = 19;

    private final ListenerKey key;
    private final InetSocketAddress asked;
    private final Map<ServerOption, Integer> options;
    private final boolean bySlot;
    private final boolean common;
    private boolean inherited;
    private final Consumer<DatagramGroup> unused;
    private final Map<Integer, DatagramSeat> seats = new TreeMap<>();
    private final Set<WorkerId> byNumber = new HashSet<>();
    private @Nullable InetSocketAddress address;

    private DatagramGroup(ListenerKey key, DatagramHello first, boolean bySlot, Consumer<DatagramGroup> unused) {
        this.key = key;
        this.asked = first.address();
        this.options = first.options();
        this.bySlot = bySlot;
        this.common = !bySlot && !key.isExclusive();
        this.unused = unused;
    }

    /**
     * Binds a socket for each of these at once, so that no peer changes its slot while a fleet starts.
     *
     * @param slots in this order; {@link #ALL} alone where there is one socket
     * @param unused told when the last worker has closed its copy on purpose
     * @throws IOException as a system call failed; nothing stays open
     */
    static DatagramGroup bind(
            ListenerKey key, DatagramHello first, Collection<Integer> slots, Consumer<DatagramGroup> unused)
            throws IOException {
        DatagramGroup group = new DatagramGroup(key, first, !slots.contains(ALL), unused);
        try {
            for (int slot : slots) {
                group.seat(slot);
            }
            return group;
        } catch (IOException | RuntimeException e) {
            group.close();
            throw e;
        }
    }

    /** One that is bound already, for all; owned from here on. */
    static DatagramGroup inherited(
            ListenerKey key, DatagramHello first, LinuxSocket socket, Consumer<DatagramGroup> unused) {
        DatagramGroup group = new DatagramGroup(key, first, false, unused);
        group.inherited = true;
        group.add(ALL, socket);
        return group;
    }

    ListenerKey key() {
        return key;
    }

    /** Whether each slot has its own. */
    boolean isBySlot() {
        return bySlot;
    }

    /** Whether the master's parent has bound it: then it is one for all who ask, whatever they say. */
    boolean isInherited() {
        return inherited;
    }

    Collection<DatagramSeat> seats() {
        return List.copyOf(seats.values());
    }

    /** Really bound; what was asked for while nothing is. */
    InetSocketAddress address() {
        return address == null ? asked : address;
    }

    boolean has(int slot) {
        return seats.containsKey(slot);
    }

    /**
     * The socket of this slot, bound now if there is none.
     *
     * @throws IOException as a system call failed
     */
    DatagramSeat seat(int slot) throws IOException {
        DatagramSeat seat = seats.get(slot);
        if (seat == null) {
            seat = add(slot, open());
        }
        return seat;
    }

    private DatagramSeat add(int slot, LinuxSocket socket) {
        DatagramSeat seat = new DatagramSeat(socket, common, this::unused);
        seats.put(slot, seat);
        address = seat.address();
        return seat;
    }

    /** A worker gets a socket of it; whether by the number of a port that the kernel has chosen. */
    void joined(WorkerId worker, boolean number) {
        if (number) {
            byNumber.add(worker);
        } else {
            byNumber.remove(worker);
        }
    }

    /** Whether this worker has it by the number of its port. */
    boolean isHeldByNumber(WorkerId worker) {
        return byNumber.contains(worker) && seats.values().stream().anyMatch(seat -> seat.isHeldBy(worker));
    }

    /** Its peers go to others; true if it was the last. */
    boolean vacate(int slot) {
        DatagramSeat seat = seats.remove(slot);
        if (seat != null) {
            seat.vacate();
        }
        return seats.isEmpty();
    }

    /** Its own program has closed it. While others have theirs its peers must go to them. */
    private void unused(DatagramSeat seat) {
        if (!seats.containsValue(seat)) {
            return;
        }
        if (seats.values().stream().anyMatch(DatagramSeat::isHeld)) {
            seats.values().remove(seat);
            seat.close();
        } else {
            unused.accept(this);
        }
    }

    void close() {
        seats.values().forEach(DatagramSeat::close);
        seats.clear();
    }

    private LinuxSocket open() throws IOException {
        InetAddress host = asked.getAddress();
        boolean any = host.isAnyLocalAddress();
        boolean ipv6 = !(host instanceof Inet4Address) || (any && LinuxSocket.isIPv6Preferred());
        InetSocketAddress local = new InetSocketAddress(
                any && ipv6 ? InetAddress.getByAddress(new byte[16]) : host,
                address().getPort());
        try {
            LinuxSocket socket = LinuxSocket.newSocketDgram(ipv6);
            try {
                apply(socket, host instanceof Inet6Address);
                socket.setReusePort(bySlot ? !seats.isEmpty() : options.getOrDefault(ServerOption.REUSE_PORT, 0) != 0);
                socket.bind(local);
                if (bySlot) {
                    // Not before the first is bound: its bind fails if anybody is there, another cluster of ours say.
                    socket.setReusePort(true);
                }
                return socket;
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (ChannelException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getMessage(), e);
        }
    }

    private void apply(LinuxSocket socket, boolean ipv6) throws IOException {
        for (Map.Entry<ServerOption, Integer> option : options.entrySet()) {
            int value = option.getValue();
            switch (option.getKey()) {
                case RECEIVE_BUFFER -> socket.setReceiveBufferSize(value);
                case FREE_BIND -> socket.setIntOpt(IPPROTO_IP, IP_FREEBIND, value);
                case TRANSPARENT -> socket.setIntOpt(IPPROTO_IP, IP_TRANSPARENT, value);
                case REUSE_ADDRESS -> {
                    // With it any user's socket that has it, too, could take the place of one of a slot.
                    if (!bySlot) {
                        socket.setReuseAddress(value != 0);
                    }
                }
                case IPV6_ONLY -> {
                    // 0.0.0.0 is bound as :: of both families, and it is not what this option speaks of.
                    if (ipv6) {
                        socket.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, value);
                    }
                }
                default -> {}
            }
        }
    }
}
