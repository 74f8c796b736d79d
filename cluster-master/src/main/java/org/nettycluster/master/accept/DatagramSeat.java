package org.nettycluster.master.accept;

import io.netty.channel.epoll.LinuxSocket;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerId;

/**
 * One bound UDP socket and the workers that have a copy of it. On the master's loop. Owns the master's copy and never reads
 * from it: what is queued outlives every worker.
 *
 * <p>Where the socket belongs to one seat there is one reader at a time. A successor, that a reload starts beside the old
 * worker, gets its copy at once and reads when the old one has said that it does not any more, or is gone: so no datagram
 * of a peer overtakes another, and no two processes see one peer at the same time.
 */
public final class DatagramSeat {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(DatagramSeat.class);
    /** The port of the service that never answers (RFC 863). */
    private static final int NOBODY = 9;

    private final LinuxSocket socket;
    private final InetSocketAddress address;
    private final boolean common;
    private final Consumer<DatagramSeat> unused;
    private final Set<Holder> holders = new LinkedHashSet<>();
    private final Deque<Holder> waiting = new ArrayDeque<>();
    private @Nullable Holder reader;

    /**
     * @param common whether all may read at once
     * @param unused told when the last worker has closed its copy on purpose
     */
    DatagramSeat(LinuxSocket socket, boolean common, Consumer<DatagramSeat> unused) {
        this.socket = socket;
        this.address = socket.localAddress();
        this.common = common;
        this.unused = unused;
    }

    /** A worker's copy, or who asks for one. Called on the master's loop. */
    public interface Holder {
        /** Whose it is. */
        WorkerId worker();

        /** It may read now. */
        void takeTurn();

        /** The socket goes out of use: it reads what is queued, and closes. */
        void leave();

        /** Its process has ended, or the master does. */
        void end();
    }

    /** Really bound, with the real port. */
    public InetSocketAddress address() {
        return address;
    }

    /** After its end the number of its descriptor may be somebody else's. */
    public boolean isOpen() {
        return socket.isOpen();
    }

    /** To be sent; stays ours. */
    public int descriptor() {
        return socket.intValue();
    }

    /** Wants a copy. Each of them {@link #leaves} at last. */
    public void enters(Holder holder) {
        holders.add(holder);
    }

    /** Has its copy. */
    public void has(Holder holder) {
        if (!holders.contains(holder)) {
            return;
        }
        if (common) {
            holder.takeTurn();
        } else {
            waiting.add(holder);
            next();
        }
    }

    /** Reads no more, and may have its copy for a while to answer. */
    public void yields(Holder holder) {
        waiting.remove(holder);
        if (reader == holder) {
            reader = null;
            next();
        }
    }

    private void next() {
        if (reader == null) {
            reader = waiting.poll();
            if (reader != null) {
                reader.takeTurn();
            }
        }
    }

    /**
     * Has no copy any more. Later calls do nothing.
     *
     * @param onPurpose its program has closed it; else it has crashed or drained, and a successor may come
     */
    public void leaves(Holder holder, boolean onPurpose) {
        if (holders.remove(holder)) {
            yields(holder);
            if (holders.isEmpty() && onPurpose) {
                unused.accept(this);
            }
        }
    }

    boolean isHeld() {
        return !holders.isEmpty();
    }

    boolean isHeldBy(WorkerId worker) {
        return holders.stream().anyMatch(holder -> holder.worker().equals(worker));
    }

    /** This worker was asked to finish and has had its time for that. */
    void overdue(WorkerId worker) {
        List.copyOf(holders).stream()
                .filter(holder -> holder.worker().equals(worker))
                .forEach(this::yields);
    }

    void exited(WorkerId worker) {
        for (Holder holder : List.copyOf(holders)) {
            if (holder.worker().equals(worker)) {
                leaves(holder, false);
                holder.end();
            }
        }
    }

    /** The master ends. */
    void end() {
        List.copyOf(holders).forEach(Holder::end);
    }

    /**
     * Out of use. Its peers go to others at once where that can be had. Our copy goes first, so that the last worker's
     * close(2) really ends the socket, a moment after its last look; without a worker what is queued ends here.
     */
    void vacate() {
        leaveHash();
        close();
        List.copyOf(holders).forEach(Holder::leave);
    }

    /**
     * The kernel's hash passes over connected sockets (Linux 5.4 and newer), and what is queued stays. Who is bound to any
     * address would get the one of its route by that, and put it into its answers: it stays in the hash until it is closed.
     */
    private void leaveHash() {
        InetAddress host = address.getAddress();
        if (!host.isAnyLocalAddress()) {
            try {
                socket.connect(new InetSocketAddress(host, NOBODY));
            } catch (IOException e) {
                LOGGER.debug("{} stays in the hash until it is closed", address, e);
            }
        }
    }

    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // close(2) has released the descriptor whatever it says.
        }
    }
}
