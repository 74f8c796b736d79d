package org.nettycluster.master.accept;

import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.handoff.ErrnoOf;
import org.nettycluster.protocol.DatagramHello;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.WorkerId;

/**
 * Which UDP sockets exist, and which worker gets which: that of its slot, unless it wants the one that all share, or is a
 * single fork, which has no slot and no successor, or the socket is inherited, which makes it one for all. On the master's
 * loop; owns the sockets.
 */
public final class DatagramRegistry {
    private static final int MOST_SOCKETS = 1024;
    private static final SortedSet<Integer> ALL = new TreeSet<>(Set.of(DatagramGroup.ALL));
    private static final int EADDRINUSE = 98;
    private static final int EMFILE = 24;

    private final InheritedSockets inherited;
    private final Map<ListenerKey, DatagramGroup> groups = new LinkedHashMap<>();
    private final SortedSet<Integer> slots = new TreeSet<>();

    /** @param inherited sockets that need not be bound */
    public DatagramRegistry(InheritedSockets inherited) {
        this.inherited = inherited;
        ErrnoOf.load();
    }

    /** A process will come with this name. */
    public void expect(WorkerId worker) {
        if (worker.generation() > 0) {
            slots.add(worker.number());
        }
    }

    /**
     * Binds, or joins what is bound.
     *
     * @throws IOException as a system call failed, or the address is in use in another way
     */
    public DatagramSeat join(DatagramHello hello) throws IOException {
        WorkerId worker = hello.worker();
        boolean bySlot = worker.generation() > 0
                && !isSet(hello, ServerOption.EXCLUSIVE)
                && !isSet(hello, ServerOption.DATAGRAM_SHARED);
        ListenerKey key = ListenerKey.of(worker, new Listen(0, hello.ordinal(), hello.address(), hello.options()));
        DatagramGroup group = find(key);
        while (group != null && key.port() == 0 && group.isHeldByNumber(worker)) {
            // It has this port by its number, and wants another one now.
            key = key.next();
            group = find(key);
        }
        if (group == null) {
            group = open(key, hello, bySlot);
            groups.put(key, group);
        } else if (group.isBySlot() != bySlot && !group.isInherited()) {
            throw new BindException(Errors.newIOException("bind", -EADDRINUSE).getMessage()
                    + (bySlot ? ": one socket of all workers has it" : ": sockets of the slots have it"));
        }
        int slot = group.isBySlot() ? worker.number() : DatagramGroup.ALL;
        if (!group.has(slot)) {
            room(1);
        }
        group.joined(worker, !group.key().equals(key));
        return group.seat(slot);
    }

    private DatagramGroup open(ListenerKey key, DatagramHello hello, boolean bySlot) throws IOException {
        LinuxSocket parents = inherited.takeDatagram(key);
        if (parents != null) {
            return DatagramGroup.inherited(key, hello, parents, this::close);
        }
        SortedSet<Integer> seats = bySlot ? slots : ALL;
        room(seats.size());
        return DatagramGroup.bind(key, hello, seats, this::close);
    }

    private void room(int more) throws IOException {
        int open =
                groups.values().stream().mapToInt(group -> group.seats().size()).sum();
        if (open + more > MOST_SOCKETS) {
            throw new IOException(Errors.newIOException("socket", -EMFILE).getMessage() + ": the master keeps at most "
                    + MOST_SOCKETS + " UDP sockets");
        }
    }

    private static boolean isSet(DatagramHello hello, ServerOption option) {
        return hello.options().getOrDefault(option, 0) != 0;
    }

    private @Nullable DatagramGroup find(ListenerKey key) {
        DatagramGroup group = groups.get(key);
        if (group != null || key.port() == 0) {
            return group;
        }
        // A port that the kernel chose for a bind to port 0 may be joined by its number.
        for (DatagramGroup other : groups.values()) {
            if (key.names(other.key(), other.address())) {
                return other;
            }
        }
        return null;
    }

    /**
     * What is bound to one address.
     *
     * @param address with the real port
     * @param sockets one for each slot, or one for all
     * @param held those of which a worker has a copy; what comes to the others is queued
     */
    public record Bound(InetSocketAddress address, int sockets, int held) {}

    /** In the order of their binding. */
    public List<Bound> bound() {
        return groups.values().stream()
                .map(group -> new Bound(group.address(), group.seats().size(), (int)
                        group.seats().stream().filter(DatagramSeat::isHeld).count()))
                .toList();
    }

    /** This worker was asked to finish and should have read its last datagram by now: others need not wait for it. */
    public void overdue(WorkerId worker) {
        seats().forEach(seat -> seat.overdue(worker));
    }

    /** The process has ended. What is queued waits for a successor; a single fork has none. */
    public void exited(WorkerId worker) {
        seats().forEach(seat -> seat.exited(worker));
        List.copyOf(groups.values()).stream()
                .filter(group -> group.key().endsWith(worker))
                .forEach(this::close);
    }

    /** Nobody will come to this slot, for now at least: its peers must go to others. */
    public void vacate(int slot) {
        slots.remove(slot);
        for (DatagramGroup group : List.copyOf(groups.values())) {
            boolean own = group.key().seat() == slot;
            if ((own || group.isBySlot()) && group.vacate(own ? DatagramGroup.ALL : slot)) {
                groups.remove(group.key());
            }
        }
    }

    private List<DatagramSeat> seats() {
        return groups.values().stream().flatMap(group -> group.seats().stream()).toList();
    }

    private void close(DatagramGroup group) {
        groups.remove(group.key());
        group.close();
    }

    /** Closes all of them, and what is queued in them: workers read that, and close, too. */
    public void close() {
        seats().forEach(DatagramSeat::end);
        List.copyOf(groups.values()).forEach(this::close);
    }
}
