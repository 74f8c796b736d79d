package org.nettycluster.master.accept;

import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Errors;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.dispatch.Capacity;
import org.nettycluster.master.dispatch.Dispatcher;
import org.nettycluster.master.dispatch.HandoffCounters;
import org.nettycluster.master.dispatch.SharedLanes;
import org.nettycluster.master.handoff.ErrnoOf;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenUnix;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.WorkerId;

/**
 * Which listeners exist and which workers share them: the first Listen binds, the others join. On the master's loop.
 *
 * <p>A listener outlives workers that crash, so that clients wait in its backlog for their successors. It is closed when
 * the last worker has left it on purpose, or when too many have no worker: a broken program that binds ever more ports
 * and crashes must not use up the master's descriptors.
 */
public final class ListenerRegistry {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ListenerRegistry.class);
    private static final int MOST_DESERTED = 256;

    private final IoEventLoop loop;
    private final Capacity capacity;
    private final Supplier<Dispatcher> dispatchers;
    private final InheritedSockets inherited;
    private final Sharing sharing;
    private final Map<ListenerKey, Entry> byKey = new LinkedHashMap<>();
    private final Map<Integer, Entry> byNumber = new HashMap<>();
    private int lastNumber;

    /**
     * @param loop where everything here happens
     * @param capacity which all those dispatchers share
     * @param dispatchers makes the dispatcher of a new listener
     * @param inherited sockets that need not be bound; closed with this
     * @param sharing which listeners are their workers' to accept from
     */
    public ListenerRegistry(
            IoEventLoop loop,
            Capacity capacity,
            Supplier<Dispatcher> dispatchers,
            InheritedSockets inherited,
            Sharing sharing) {
        this.loop = loop;
        this.capacity = capacity;
        this.dispatchers = dispatchers;
        this.inherited = inherited;
        this.sharing = sharing;
        ErrnoOf.load();
    }

    /**
     * @param members every worker that shares it
     * @param byNumber those of them that have joined a port of the kernel's choice by its number
     */
    private record Entry(
            ListenerKey key,
            Reception listener,
            Map<ServerOption, Integer> options,
            Set<WorkerId> members,
            Set<WorkerId> byNumber) {
        boolean leaves(WorkerId worker) {
            byNumber.remove(worker);
            return members.remove(worker);
        }
    }

    /**
     * What a worker's Listen led to.
     *
     * @param options what those asked for who have bound it
     */
    public record Joined(Reception listener, boolean fresh, Map<ServerOption, Integer> options) {}

    /**
     * Binds, or joins what another worker has bound.
     *
     * @throws AlreadyListeningException if this worker listens there already
     * @throws IOException as bind(2) or listen(2) failed
     */
    public Joined listen(WorkerId worker, Listen listen) throws IOException {
        ListenerKey key = ListenerKey.of(worker, listen);
        Entry entry = find(key);
        while (entry != null && key.port() == 0 && entry.byNumber.contains(worker)) {
            // It has this port by its number, and wants another one now.
            key = key.next();
            entry = find(key);
        }
        if (entry != null) {
            return join(worker, entry, key, false);
        }
        LinuxSocket parents = inherited.take(key);
        boolean shared = Sharing.isShared(listen.options());
        if (parents == null) {
            ListeningSocket socket = ListeningSocket.open(listen.address(), listen.options());
            return join(worker, opened(key, socket, shared, listen.options()), key, true);
        }
        Map<ServerOption, Integer> options = shared ? Map.of(ServerOption.SHARED, 1) : Map.of();
        return join(worker, opened(key, ListeningSocket.inherited(parents), shared, options), key, true);
    }

    /**
     * The same at a path.
     *
     * @throws AlreadyListeningException if this worker listens there already
     * @throws IOException as bind(2) or listen(2) failed
     */
    public Joined listen(WorkerId worker, ListenUnix listen) throws IOException {
        Path path;
        try {
            path = Path.of(listen.path());
        } catch (InvalidPathException e) {
            // Our locale may lack a letter of it.
            throw new BindException("can't bind " + listen.path() + ": the master can't name it: " + e.getReason());
        }
        ListenerKey key = ListenerKey.of(worker, path, listen);
        Entry entry = byKey.get(key);
        if (entry != null) {
            return join(worker, entry, key, false);
        }
        ListeningSocket socket = ListeningSocket.atPath(path, listen.options());
        return join(worker, opened(key, socket, false, listen.options()), key, true);
    }

    private static Joined join(WorkerId worker, Entry entry, ListenerKey key, boolean fresh) throws IOException {
        if (!entry.members.add(worker)) {
            throw new AlreadyListeningException();
        }
        if (!entry.key.equals(key)) {
            entry.byNumber.add(worker);
        }
        return new Joined(entry.listener, fresh, entry.options);
    }

    private Entry opened(ListenerKey key, ListeningSocket socket, boolean shared, Map<ServerOption, Integer> options)
            throws IOException {
        Reception listener = shared ? share(socket) : new Listener(++lastNumber, loop, socket, dispatchers.get());
        Entry entry = new Entry(key, listener, options, new HashSet<>(), new HashSet<>());
        byKey.put(key, entry);
        byNumber.put(listener.number(), entry);
        listener.start();
        return entry;
    }

    private SharedListener share(ListeningSocket socket) throws IOException {
        try {
            return new SharedListener(
                    ++lastNumber, loop, socket, sharing.createTurns(), new SharedLanes(capacity), sharing.limit());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** What a bind asks for, by what it says or by its silence. */
    public Listen meaning(Listen listen) {
        return sharing.meaning(listen);
    }

    /** The same at a path. */
    public ListenUnix meaning(ListenUnix listen) {
        return sharing.meaning(listen);
    }

    /** This worker listens at this address already: the kernel would say EADDRINUSE. */
    public static final class AlreadyListeningException extends IOException {
        private static final long serialVersionUID = 1L;
        private static final int EADDRINUSE = 98;

        AlreadyListeningException() {
            super(Errors.newIOException("bind", -EADDRINUSE).getMessage());
        }
    }

    private @Nullable Entry find(ListenerKey key) {
        Entry entry = byKey.get(key);
        if (entry != null || key.port() == 0) {
            return entry;
        }
        // A port that the kernel chose for a bind to port 0 may be joined by its number.
        for (Entry other : byKey.values()) {
            if (key.names(other.key, other.listener.address())) {
                return other;
            }
        }
        return null;
    }

    /** How many listeners this worker is a member of. */
    public int memberships(WorkerId worker) {
        return (int) byKey.values().stream()
                .filter(entry -> entry.members.contains(worker))
                .count();
    }

    /** The listener with this number, if this worker is one of its members. */
    public @Nullable Reception memberOf(WorkerId worker, int number) {
        Entry entry = byNumber.get(number);
        return entry != null && entry.members.contains(worker) ? entry.listener : null;
    }

    /** The worker has closed its server channel. The last one to leave closes the listener. */
    public void leave(WorkerId worker, int number) {
        Entry entry = byNumber.get(number);
        if (entry != null && entry.leaves(worker) && entry.members.isEmpty()) {
            close(entry);
        }
    }

    private void close(Entry entry) {
        byNumber.remove(entry.listener.number());
        byKey.remove(entry.key);
        entry.listener.close();
    }

    /**
     * The worker drains. What is its seat's alone, and nobody else of the seat is there, closes now: clients who still
     * came would wait until the drain has ended, and for nothing.
     */
    public void workerDrains(WorkerId worker) {
        for (Entry entry : List.copyOf(byKey.values())) {
            if (entry.key.isExclusive() && entry.members.equals(Set.of(worker))) {
                close(entry);
            }
        }
    }

    /** The process has ended without leaving: the listener stays, its clients wait for a successor. */
    public void workerExited(WorkerId worker) {
        List<Entry> deserted = new ArrayList<>();
        for (Entry entry : List.copyOf(byKey.values())) {
            entry.leaves(worker);
            entry.listener.exited(worker);
            if (entry.key.endsWith(worker)) {
                close(entry);
            } else if (entry.members.isEmpty()) {
                deserted.add(entry);
            }
        }
        int tooMany = deserted.size() - MOST_DESERTED;
        if (tooMany > 0) {
            LOGGER.warn(
                    "{} listeners have no worker any more since worker {} has ended (at most {}): closing the {} oldest",
                    deserted.size(),
                    worker,
                    MOST_DESERTED,
                    tooMany);
            deserted.subList(0, tooMany).forEach(this::close);
        }
        capacity.exited(worker);
    }

    /** Every listener, in order of binding. */
    public Collection<Reception> listeners() {
        List<Reception> listeners = new ArrayList<>();
        byKey.values().forEach(entry -> listeners.add(entry.listener));
        return listeners;
    }

    /** Where they listen, as far as that is an address of this kind. */
    public <A extends SocketAddress> List<A> addresses(Class<A> kind) {
        return listeners().stream()
                .map(Reception::address)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /** How the connections of the listener at this address went; the empty count if there is none. */
    public HandoffCounters counters(SocketAddress address) {
        return listeners().stream()
                .filter(listener -> listener.address().equals(address))
                .findFirst()
                .map(Reception::counters)
                .orElse(HandoffCounters.NONE);
    }

    /** Sockets that need not be bound, of UDP too. */
    public InheritedSockets inherited() {
        return inherited;
    }

    /** Warns of inherited sockets that no worker has bound. */
    public void reportUnused() {
        inherited.reportUnused();
    }

    /** Closes all of them, and what waits in them. */
    public void close() {
        inherited.close();
        byKey.values().forEach(entry -> entry.listener.close());
        byKey.clear();
        byNumber.clear();
    }
}
