package org.nettycluster.master;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.accept.Crowd;
import org.nettycluster.master.accept.DatagramRegistry;
import org.nettycluster.master.dispatch.ConnectionLimits;
import org.nettycluster.master.dispatch.HandoffCounters;
import org.nettycluster.master.supervise.SlotState;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.protocol.WorkerId;

/**
 * A cluster at one moment, as far as one moment can be had: listeners and processes are looked at one after the other.
 * Immutable; holds no secret.
 *
 * @param name of the cluster
 * @param version of this library, {@code unknown} outside of its jar
 * @param pid of the master
 * @param uptime since the master's start
 * @param limits of connections, and how many there are
 * @param kernel what it has dropped on its way to any listening socket of this network namespace, since the master's
 *     start; null if it does not say
 * @param listeners in the order of their binding
 * @param datagrams UDP addresses in the order of their binding
 * @param slots of the fleet, by number; empty without one
 * @param change what changes the fleet now, null if nothing does
 */
public record ClusterStatus(
        String name,
        String version,
        long pid,
        Duration uptime,
        Limits limits,
        @Nullable Kernel kernel,
        List<Listener> listeners,
        List<DatagramRegistry.Bound> datagrams,
        List<Slot> slots,
        @Nullable Change change) {
    /** Copies. */
    public ClusterStatus {
        listeners = List.copyOf(listeners);
        datagrams = List.copyOf(datagrams);
        slots = List.copyOf(slots);
    }

    /**
     * Where the master accepts.
     *
     * @param address really bound
     * @param counters how its connections went; those that wait for a worker among them
     * @param crowd clients for whom there was no place
     */
    public record Listener(SocketAddress address, HandoffCounters counters, Crowd crowd) {}

    /**
     * Connections of the whole cluster.
     *
     * @param configured the limits
     * @param open accepted and not ended now
     */
    public record Limits(ConnectionLimits configured, long open) {}

    /**
     * What the kernel has counted.
     *
     * @param listenOverflows connections for which a backlog was too full
     * @param listenDrops the same, and whatever else kept it from taking a connection
     */
    public record Kernel(long listenOverflows, long listenDrops) {}

    /**
     * One seat of the fleet and who sits there.
     *
     * @param number of the seat, from 1
     * @param generation of its last occupant
     * @param state what it is doing
     * @param paused whether it is ready but gets no new connections, because somebody has asked for that
     * @param pid of its process, -1 if it has none now
     * @param since when its state changed last
     * @param readySince when its worker became ready, null if it is not
     * @param restarts how often a worker of this seat has crashed
     * @param traffic of its worker
     * @param lastExit how its last worker that has ended did so, null if none has
     * @param lastLines what its workers have printed last, the oldest line first
     * @param stall which loop stands, null if all move
     * @param predecessors who has left the seat and still ends connections, and who was to take it and failed
     */
    public record Slot(
            int number,
            int generation,
            SlotState state,
            boolean paused,
            long pid,
            Instant since,
            @Nullable Instant readySince,
            int restarts,
            Traffic traffic,
            @Nullable WorkerExit lastExit,
            List<String> lastLines,
            @Nullable Stall stall,
            List<Beside> predecessors) {
        /** Copies. */
        public Slot {
            lastLines = List.copyOf(lastLines);
            predecessors = List.copyOf(predecessors);
        }
    }

    /**
     * Connections of one worker.
     *
     * @param active open now
     * @param adopted taken so far
     */
    public record Traffic(long active, long adopted) {
        /** None. */
        public static final Traffic NONE = new Traffic(0, 0);
    }

    /**
     * A process beside the one that holds the seat: one that leaves, or during a reload the one that comes.
     *
     * @param worker who
     * @param state what it is doing
     * @param pid of its process, -1 if it has none yet
     * @param since when its state changed last
     * @param active connections that it still has
     */
    public record Beside(WorkerId worker, SlotState state, long pid, Instant since, long active) {}

    /**
     * An event loop that does not move.
     *
     * @param loop its number in the worker, 0 for the whole JVM
     * @param since when it moved last
     */
    public record Stall(int loop, Instant since) {}

    /**
     * A change of the fleet that takes time.
     *
     * @param what it does: {@code reload}, {@code scale to 4}
     * @param since when it began
     */
    public record Change(String what, Instant since) {}
}
