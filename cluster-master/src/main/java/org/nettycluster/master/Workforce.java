package org.nettycluster.master;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.control.ControlEvents;
import org.nettycluster.master.supervise.ChildProcess;
import org.nettycluster.master.supervise.Fleet;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.master.supervise.WorkerOutput;
import org.nettycluster.protocol.Message;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;

/**
 * All worker processes, on the supervisor's thread: starts them, hears what they say and how they end, and tells it in
 * Node's order. Other threads send it tasks; it asks the connections' side through {@link Connections} and waits.
 */
final class Workforce implements ControlEvents {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Workforce.class);
    /** A JVM that has said Drained, or has outlived the deadline, has so long to exit by itself; then again to obey. */
    private static final Duration EXIT_GRACE = Duration.ofSeconds(5);
    /** What a process printed last is waited for before its end is told; a grandchild may hold its pipes for ever. */
    private static final long LAST_LINES_MILLIS = 500;

    private final MasterSettings settings;
    private final ClusterMaster face;
    private final Connections connections;
    private final SupervisorThread thread = new SupervisorThread();
    private final Map<WorkerId, WorkerProcess> workers = new LinkedHashMap<>();
    private final Audience audience = new Audience();
    private final WorkerOutput output;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private final @Nullable Fleet fleet;
    private int lastFork;
    private boolean noMore;
    private volatile List<WorkerProcess> snapshot = List.of();

    Workforce(MasterSettings settings, ClusterMaster face, Connections connections) {
        this.settings = settings;
        this.face = face;
        this.connections = connections;
        output = new FaultTolerantOutput(settings.fleet().output());
        fleet = settings.fleet().workers() == 0
                ? null
                : new Fleet(settings.fleet().workers(), settings.fleet().backOffFirst(), new FleetSeats());
    }

    /** What the supervisor asks of the side that owns sockets. Each call waits for that side. */
    interface Connections {
        /** A process with this id will call; returns what to put into its environment. */
        WorkerEnvironment expect(WorkerId worker);

        /** Its process has ended, or was never started. */
        void exited(WorkerId worker);

        /** Takes back what it has not claimed and asks it to finish; false if it is not connected. */
        boolean drain(WorkerId worker, Duration deadline);
    }

    private final class FleetSeats implements Fleet.Seats {
        @Override
        public void start(WorkerId worker) {
            WorkerCommand command = settings.fleet().command();
            if (command == null) {
                throw new IllegalStateException("a fleet needs a command");
            }
            try {
                launch(worker, command);
            } catch (IOException e) {
                LOGGER.error("{}", e.getMessage());
                // Told later, so that the fleet is not called while it is calling.
                thread.post(() -> fleetExited(worker, new WorkerExit(127, null)));
            }
        }

        @Override
        public void after(Duration delay, Runnable task) {
            thread.schedule(delay, task);
        }

        @Override
        public void allReady() {
            ready.complete(null);
        }

        @Override
        public void cannotStart(WorkerId worker, WorkerExit exit) {
            noMore = true;
            ready.completeExceptionally(
                    new ClusterStartException("worker " + worker + " ended with " + exit + " before it was ready"));
        }

        @Override
        public void restarting(WorkerId worker, WorkerExit exit, Duration delay) {
            LOGGER.debug("worker {} ended with {}: successor in {}", worker, exit, delay);
        }
    }

    void startFleet() {
        if (fleet == null) {
            ready.complete(null);
        } else {
            thread.post(fleet::start);
        }
    }

    WorkerProcess fork(WorkerCommand command) {
        return thread.ask(() -> {
            checkNotStopping();
            try {
                return launch(new WorkerId(++lastFork, 0), command);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    WorkerEnvironment admit() {
        return thread.ask(() -> {
            checkNotStopping();
            WorkerId id = new WorkerId(++lastFork, 0);
            WorkerEnvironment role = connections.expect(id);
            put(new WorkerProcess(id, face));
            return role;
        });
    }

    private void checkNotStopping() {
        if (noMore) {
            throw new IllegalStateException("the cluster is stopping: no worker is started any more");
        }
    }

    private WorkerProcess launch(WorkerId id, WorkerCommand command) throws IOException {
        WorkerEnvironment role = connections.expect(id);
        WorkerProcess worker = new WorkerProcess(id, face);
        // Node tells it in the next turn, so that whoever has just forked can still add a listener. Posted before the
        // process exists, and so ahead of whatever it may say.
        thread.post(() -> {
            if (worker.pid() >= 0) {
                audience.tell(events -> events.fork(worker));
            }
        });
        ChildProcess child;
        try {
            child = ChildProcess.start(id, command, role, output);
        } catch (IOException e) {
            connections.exited(id);
            throw e;
        }
        worker.started(child);
        put(worker);
        child.exit().thenAccept(exit -> thread.post(() -> ended(worker, child, exit)));
        return worker;
    }

    private void ended(WorkerProcess worker, ChildProcess child, WorkerExit exit) {
        connections.exited(worker.id());
        child.outputEnded()
                .toCompletableFuture()
                .orTimeout(LAST_LINES_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete((nothing, late) -> thread.post(() -> tellEnd(worker, exit)));
    }

    private void tellEnd(WorkerProcess worker, WorkerExit exit) {
        workers.remove(worker.id());
        snapshot = List.copyOf(workers.values());
        tellDisconnect(worker);
        worker.ended(exit);
        audience.tell(events -> events.exit(worker, exit));
        fleetExited(worker.id(), exit);
        if (noMore && workers.isEmpty()) {
            empty.complete(null);
        }
    }

    private void fleetExited(WorkerId worker, WorkerExit exit) {
        if (fleet != null) {
            fleet.exited(worker, exit);
        }
    }

    /** From now on {@link #fork} and {@link #admit} fail and nobody who ends has a successor. */
    void noMoreWorkers() {
        thread.post(() -> {
            noMore = true;
            if (fleet != null) {
                fleet.stop();
            }
        });
    }

    void drain(WorkerProcess worker) {
        thread.post(() -> drainNow(worker));
    }

    CompletionStage<Void> drainAll() {
        thread.post(() -> {
            List.copyOf(workers.values()).forEach(this::drainNow);
            if (workers.isEmpty()) {
                empty.complete(null);
            }
        });
        return empty;
    }

    private void drainNow(WorkerProcess worker) {
        if (worker.isDead() || !worker.askedToFinish()) {
            return;
        }
        if (connections.drain(worker.id(), settings.fleet().drainTimeout())) {
            insist(worker, settings.fleet().drainTimeout().plus(EXIT_GRACE));
        } else {
            insist(worker, Duration.ZERO);
        }
    }

    /** Makes it end after the delay. A worker that somebody else started is only forgotten. */
    private void insist(WorkerProcess worker, Duration delay) {
        thread.schedule(delay, worker.pid() < 0 ? () -> forget(worker) : new Insistence(worker, thread, EXIT_GRACE));
    }

    private void forget(WorkerProcess worker) {
        if (!worker.isDead()) {
            connections.exited(worker.id());
            tellEnd(worker, new WorkerExit(0, null));
        }
    }

    /** Completed when no process is left. Not to be waited for on the supervisor's thread. */
    CompletionStage<Void> killAll() {
        thread.post(() -> {
            for (WorkerProcess worker : List.copyOf(workers.values())) {
                worker.askedToFinish();
                if (worker.pid() < 0) {
                    forget(worker);
                } else {
                    worker.kill(true);
                }
            }
            if (workers.isEmpty()) {
                empty.complete(null);
            }
        });
        return empty;
    }

    List<WorkerProcess> workers() {
        return snapshot;
    }

    boolean onSupervisor() {
        return thread.isCurrent();
    }

    CompletionStage<Void> ready() {
        return ready.minimalCompletionStage();
    }

    void listen(ClusterEvents events) {
        audience.add(events);
    }

    void close() {
        thread.close();
    }

    @Override
    public void online(WorkerId id, long pid) {
        with(id, worker -> {
            worker.online();
            audience.tell(events -> events.online(worker));
        });
    }

    @Override
    public void listening(WorkerId id, InetSocketAddress address) {
        with(id, worker -> audience.tell(events -> events.listening(worker, address)));
    }

    @Override
    public void ready(WorkerId id) {
        with(id, worker -> {
            if (fleet != null) {
                fleet.ready(id);
            }
        });
    }

    @Override
    public void drained(WorkerId id) {
        with(id, worker -> {
            if (worker.drained()) {
                insist(worker, EXIT_GRACE);
            }
        });
    }

    @Override
    public void message(WorkerId id, Message message) {
        LOGGER.debug("worker {} says {}", id, message);
    }

    @Override
    public void disconnected(WorkerId id) {
        with(id, worker -> {
            tellDisconnect(worker);
            if (worker.pid() < 0) {
                // Nobody will tell us of this process's end.
                forget(worker);
            }
        });
    }

    private void tellDisconnect(WorkerProcess worker) {
        if (worker.disconnected()) {
            audience.tell(events -> events.disconnect(worker));
        }
    }

    private void put(WorkerProcess worker) {
        workers.put(worker.id(), worker);
        snapshot = List.copyOf(workers.values());
    }

    private void with(WorkerId id, Consumer<WorkerProcess> task) {
        thread.post(() -> {
            WorkerProcess worker = workers.get(id);
            if (worker != null) {
                task.accept(worker);
            }
        });
    }
}
