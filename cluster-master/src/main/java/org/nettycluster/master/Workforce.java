package org.nettycluster.master;

import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.control.ControlEvents;
import org.nettycluster.master.supervise.BufferedLines;
import org.nettycluster.master.supervise.ChildProcess;
import org.nettycluster.master.supervise.LastLines;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;

/**
 * All worker processes, on the supervisor's thread: starts them, hears what they say and how they end, and tells it in
 * Node's order. Other threads send it tasks; it asks the connections' side through {@link Connections} and waits.
 */
final class Workforce {
    /** What a process printed last is waited for before its end is told; a grandchild may hold its pipes for ever. */
    private static final Duration LAST_LINES = Duration.ofMillis(500);

    private final ClusterMaster face;
    private final Connections connections;
    private final @Nullable WorkerCommand command;
    private final SupervisorThread thread = new SupervisorThread();
    private final Map<WorkerId, WorkerProcess> workers = new LinkedHashMap<>();
    private final Audience audience = new Audience();
    private final MailRoom mailRoom;
    private final LastLines lastLines = new LastLines();
    private final BufferedLines output;
    private final Farewell farewell;
    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private final @Nullable FleetKeeper fleet;
    private int lastFork;
    private boolean noMore;
    private volatile List<WorkerProcess> snapshot = List.of();

    /**
     * @param programs where copies of the fleet's program may lie
     * @param loop of the control connections
     */
    Workforce(FleetSettings settings, Path programs, ClusterMaster face, EventExecutor loop, Connections connections) {
        this.face = face;
        mailRoom = new MailRoom(loop, audience, this::workers);
        this.connections = connections;
        output = new BufferedLines(new FaultTolerantOutput(settings.output()));
        farewell = new Farewell(thread, connections, settings.drainTimeout(), this::overdue, this::forget);
        command = settings.command();
        fleet = settings.workers() == 0 || command == null
                ? null
                : new FleetKeeper(settings, command, programs, this, thread, audience, lastLines);
    }

    /** What the supervisor asks of the side that owns sockets. Each call waits for that side. */
    interface Connections {
        /** This process will call, our child or not; returns what to put into its environment. */
        WorkerEnvironment expect(WorkerProcess worker, boolean child);

        /** This child is the one. */
        void started(WorkerId worker, ProcessHandle process);

        /** Its process has ended, or was never started. */
        void exited(WorkerId worker);

        /** Takes back what it has not claimed and asks it to finish; false if it is not connected. */
        boolean drain(WorkerId worker);

        /** Nobody will come to this slot, for now at least. */
        void vacate(int slot);
    }

    /** What workers say, to be told by the loop. */
    ControlEvents news() {
        return new WorkerNews(this, audience, farewell, fleet);
    }

    @Nullable
    FleetKeeper fleet() {
        return fleet;
    }

    LastLines lastLines() {
        return lastLines;
    }

    void startFleet() {
        if (fleet != null) {
            thread.post(fleet::start);
        }
    }

    CompletionStage<Void> ready() {
        return fleet == null ? CompletableFuture.completedStage(null) : fleet.ready();
    }

    WorkerProcess fork(Map<String, String> environment) {
        if (command == null) {
            throw new IllegalStateException("this master has no command: give one to fork, or to the builder");
        }
        return fork(command.withEnvironment(environment));
    }

    WorkerProcess fork(WorkerCommand line) {
        return thread.ask(() -> {
            checkNotStopping();
            try {
                return launch(new WorkerId(++lastFork, 0), line);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    WorkerEnvironment admit() {
        return thread.ask(() -> {
            checkNotStopping();
            WorkerId id = new WorkerId(++lastFork, 0);
            WorkerProcess worker = new WorkerProcess(id, face, null, mailRoom);
            WorkerEnvironment role = connections.expect(worker, false);
            put(worker);
            return role;
        });
    }

    private void checkNotStopping() {
        if (noMore) {
            throw new IllegalStateException("the cluster is stopping: no worker is started any more");
        }
    }

    WorkerProcess launch(WorkerId id, WorkerCommand line) throws IOException {
        WorkerProcess worker = new WorkerProcess(id, face, line, mailRoom);
        WorkerEnvironment role = connections.expect(worker, true);
        // Node tells it in the next turn, so that whoever has just forked can still add a listener. Posted before the
        // process exists, and so ahead of whatever it may say.
        thread.post(() -> {
            if (worker.pid() >= 0) {
                audience.tell(events -> events.fork(worker));
            }
        });
        ChildProcess child;
        try {
            child = ChildProcess.start(id, line, role, (from, stream, text) -> {
                lastLines.add(from, text);
                output.line(from, stream, text);
            });
        } catch (IOException e) {
            connections.exited(id);
            throw e;
        }
        worker.started(child);
        connections.started(id, child.handle());
        put(worker);
        child.exit().thenAccept(exit -> thread.post(() -> ended(worker, child, exit)));
        return worker;
    }

    private void ended(WorkerProcess worker, ChildProcess child, WorkerExit exit) {
        connections.exited(worker.id());
        CompletableFuture<Void> printed =
                child.outputEnded().thenCompose(nothing -> output.passed()).toCompletableFuture();
        thread.schedule(LAST_LINES, () -> printed.complete(null));
        printed.whenComplete((nothing, failed) -> thread.post(() -> tellEnd(worker, exit)));
    }

    private void tellEnd(WorkerProcess worker, WorkerExit exit) {
        workers.remove(worker.id());
        snapshot = List.copyOf(workers.values());
        if (worker.disconnected()) {
            audience.tell(events -> events.disconnect(worker));
        }
        worker.ended(exit);
        audience.tell(events -> events.exit(worker, exit));
        if (fleet != null) {
            fleet.exited(worker.id(), exit);
        }
        completeIfEmpty();
    }

    private void completeIfEmpty() {
        if (noMore && workers.isEmpty()) {
            empty.complete(null);
        }
    }

    /** From now on {@link #fork} and {@link #admit} fail. */
    void startNoMore() {
        noMore = true;
    }

    /** From now on {@link #fork} and {@link #admit} fail and nobody who ends has a successor. */
    void noMoreWorkers() {
        thread.post(() -> {
            startNoMore();
            if (fleet != null) {
                fleet.stop();
            }
        });
    }

    void drain(WorkerProcess worker) {
        thread.post(() -> farewell.drain(worker));
    }

    /** On the supervisor's thread. */
    void drain(WorkerId id) {
        WorkerProcess worker = workers.get(id);
        if (worker != null) {
            farewell.drain(worker);
        }
    }

    /** On the supervisor's thread. */
    void end(WorkerId id) {
        WorkerProcess worker = workers.get(id);
        if (worker != null) {
            farewell.end(worker);
        }
    }

    /** On the supervisor's thread. */
    void vacate(int slot) {
        connections.vacate(slot);
    }

    void kill(WorkerId id) {
        with(id, worker -> worker.kill(true));
    }

    CompletionStage<Void> drainAll() {
        thread.post(() -> {
            if (fleet != null) {
                fleet.drainAll();
            }
            List.copyOf(workers.values()).forEach(farewell::drain);
            completeIfEmpty();
        });
        return empty;
    }

    /** Those that live now; completed, in a turn of its own, when the end of each has been told. */
    CompletionStage<Void> disconnectAll() {
        if (fleet != null) {
            return CompletableFuture.failedStage(
                    new IllegalStateException("a fleet's workers have successors: call stop, or scale"));
        }
        CompletableFuture<Void> gone = new CompletableFuture<>();
        thread.post(() -> {
            List<WorkerProcess> asked = List.copyOf(workers.values());
            asked.forEach(farewell::drain);
            CompletableFuture.allOf(asked.stream()
                            .map(worker -> worker.exit().toCompletableFuture())
                            .toArray(CompletableFuture<?>[]::new))
                    .thenRun(() -> {
                        if (!thread.tryPost(() -> gone.complete(null))) {
                            gone.complete(null);
                        }
                    });
        });
        return gone.minimalCompletionStage();
    }

    private void overdue(WorkerProcess worker) {
        if (fleet != null) {
            fleet.drained(worker.id(), 0);
        }
    }

    /** Somebody else started it, and it is gone or shall be. On the supervisor's thread. */
    void forget(WorkerProcess worker) {
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
            completeIfEmpty();
        });
        return empty;
    }

    List<WorkerProcess> workers() {
        return snapshot;
    }

    <T> T ask(Callable<T> question) {
        return thread.ask(question);
    }

    boolean onSupervisor() {
        return thread.isCurrent();
    }

    void listen(ClusterEvents events) {
        audience.add(events);
        mailRoom.handlersChanged();
    }

    MailRoom mailRoom() {
        return mailRoom;
    }

    void close() {
        if (fleet != null) {
            fleet.close();
        }
        output.close();
        thread.close();
    }

    private void put(WorkerProcess worker) {
        workers.put(worker.id(), worker);
        snapshot = List.copyOf(workers.values());
    }

    /** Does something to this worker if it is still there; on the supervisor's thread. */
    void with(WorkerId id, Consumer<WorkerProcess> task) {
        thread.post(() -> {
            WorkerProcess worker = workers.get(id);
            if (worker != null) {
                task.accept(worker);
            }
        });
    }
}
