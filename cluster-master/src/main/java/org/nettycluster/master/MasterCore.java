package org.nettycluster.master;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.accept.InheritedSockets;
import org.nettycluster.master.accept.ListenerRegistry;
import org.nettycluster.master.accept.Reception;
import org.nettycluster.master.accept.RunQueue;
import org.nettycluster.master.accept.Sharing;
import org.nettycluster.master.control.ControlServer;
import org.nettycluster.master.control.RunDirectory;
import org.nettycluster.master.dispatch.Capacity;
import org.nettycluster.master.dispatch.Dispatcher;
import org.nettycluster.master.dispatch.HandoffCounters;
import org.nettycluster.master.handoff.PageStore;
import org.nettycluster.master.schedule.GuardedScheduler;
import org.nettycluster.master.schedule.Scheduler;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.FirstLine;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;

/**
 * Puts the rooms together: one event loop that owns listeners, lanes and control connections, and the {@link Workforce},
 * which owns processes on a thread of its own. The only fact that crosses is which process has started or ended.
 */
final class MasterCore {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(MasterCore.class);
    private static final long REFUSAL_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LAST_HANDOFFS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_AGAIN_MILLIS = 5;
    private static final String NO_FLEET = "this master has no fleet: its workers were forked one by one";

    private final MasterSettings settings;
    private final RunDirectory directory;
    private final MultiThreadIoEventLoopGroup group;
    private final IoEventLoop loop;
    private final ListenerRegistry registry;
    private final StatusReader statusReader;
    private final ControlServer control;
    private final Workforce workforce;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicBoolean released = new AtomicBoolean();
    private @Nullable ScheduledFuture<?> lookAgain;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    MasterCore(MasterSettings settings, ClusterMaster face) throws ClusterStartException {
        this.settings = settings;
        if (!Epoll.isAvailable()) {
            throw new ClusterStartException(
                    "a master needs Linux epoll, which is not available here: " + Epoll.unavailabilityCause(),
                    Epoll.unavailabilityCause());
        }
        FirstLine.write(LOGGER, "a master");
        InheritedSockets inherited;
        try {
            directory = RunDirectory.open(settings.runDirectory());
            inherited = inherited(directory);
        } catch (IOException e) {
            throw new ClusterStartException(String.valueOf(e.getMessage()), e);
        }
        group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("ncluster-master", false), EpollIoHandler.newFactory());
        loop = group.next();
        FleetSettings fleet = settings.fleet();
        Capacity capacity = new Capacity(fleet.limits());
        Scheduler scheduler = new GuardedScheduler(settings.scheduler(), LOGGER::warn);
        PageStore pages = PageStore.beside(directory.path());
        registry = new ListenerRegistry(
                loop,
                capacity,
                () -> new Dispatcher(
                        scheduler, settings.rescueAfter().toNanos(), REFUSAL_PAUSE, capacity, RunQueue.crowding()),
                inherited,
                new Sharing(settings.shared(), fleet.limits(), pages));
        workforce = new Workforce(fleet, directory.path().resolve("programs"), face, loop, new LoopSide());
        control = new ControlServer(
                loop,
                directory,
                registry,
                pages,
                settings.window(),
                fleet.workers() == 0 ? Duration.ZERO : fleet.stallWarn(),
                workforce.news());
        statusReader = new StatusReader(settings.name(), capacity, registry, control, workforce);
        try {
            control.start();
        } catch (IOException e) {
            release();
            throw new ClusterStartException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            release();
            Thread.currentThread().interrupt();
            throw new ClusterStartException("interrupted while the control socket was opened", e);
        }
        workforce.startFleet();
        CompletionStage<Void> unused = workforce.ready().thenRun(() -> loop.execute(registry::reportUnused));
    }

    private InheritedSockets inherited(RunDirectory opened) throws IOException {
        try {
            return InheritedSockets.open(settings.inherited(), opened.path());
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    /** What the supervisor's thread asks of the loop; each call waits for its answer. */
    private final class LoopSide implements Workforce.Connections {
        @Override
        public WorkerEnvironment expect(WorkerProcess worker, boolean child) {
            Token token = Token.random();
            onLoop(() -> {
                control.expect(worker.id(), token, child, worker.mail().mailbox());
                return true;
            });
            FleetSettings fleet = settings.fleet();
            return new WorkerEnvironment(
                    directory.socket(),
                    worker.id(),
                    token,
                    ProcessHandle.current().pid(),
                    fleet.readiness(),
                    fleet.masterLoss(),
                    fleet.drainTimeout());
        }

        @Override
        public void started(WorkerId worker, ProcessHandle process) {
            onLoop(() -> control.started(worker, process));
        }

        @Override
        public void exited(WorkerId worker) {
            onLoop(() -> {
                control.exited(worker);
                return true;
            });
        }

        @Override
        public boolean drain(WorkerId worker) {
            FleetSettings fleet = settings.fleet();
            return onLoop(() -> control.drain(
                    worker,
                    new Drain(fleet.drainTimeout().toMillis(), fleet.drainIdle().toMillis())));
        }

        @Override
        public void vacate(int slot) {
            onLoop(() -> {
                control.vacate(slot);
                return true;
            });
        }
    }

    WorkerProcess fork(WorkerCommand command) {
        return workforce.fork(command);
    }

    WorkerEnvironment admit() {
        return workforce.admit();
    }

    List<WorkerProcess> workers() {
        return workforce.workers();
    }

    MailRoom mailRoom() {
        return workforce.mailRoom();
    }

    void listen(ClusterEvents events) {
        workforce.listen(events);
    }

    CompletionStage<Void> ready() {
        return workforce.ready();
    }

    void drain(WorkerProcess worker) {
        workforce.drain(worker);
    }

    Workforce workforce() {
        return workforce;
    }

    CompletionStage<ReloadReport> reload(ReloadOptions options) {
        FleetKeeper fleet = workforce.fleet();
        return fleet == null
                ? CompletableFuture.completedStage(
                        new ReloadReport(ReloadReport.Outcome.REFUSED, NO_FLEET, List.of(), 0, Duration.ZERO))
                : fleet.reload(options);
    }

    CompletionStage<Void> scale(int workers) {
        FleetKeeper fleet = workforce.fleet();
        return fleet == null ? noFleet() : fleet.scale(workers);
    }

    CompletionStage<ReloadReport> restart(int slot, Consumer<ReloadProgress> progress) {
        FleetKeeper fleet = workforce.fleet();
        return fleet == null ? noFleet() : fleet.restart(slot, progress);
    }

    CompletionStage<Void> pause(int slot, boolean pause) {
        FleetKeeper fleet = workforce.fleet();
        return fleet == null
                ? noFleet()
                : fleet.with(slot, pause ? "pause" : "resume", worker -> onLoop(() -> control.pause(worker, pause)));
    }

    CompletionStage<Void> kill(int slot) {
        FleetKeeper fleet = workforce.fleet();
        return fleet == null ? noFleet() : fleet.with(slot, "kill", workforce::kill);
    }

    private static <T> CompletionStage<T> noFleet() {
        return CompletableFuture.failedStage(new IllegalStateException(NO_FLEET));
    }

    ClusterStatus status() {
        if (released.get()) {
            return statusReader.afterTheEnd();
        }
        FleetKeeper fleet = workforce.fleet();
        return statusReader.status(
                fleet == null ? StatusReader.NO_FLEET : workforce.ask(fleet::view), onLoop(statusReader::look));
    }

    <A extends SocketAddress> Collection<A> addresses(Class<A> kind) {
        return released.get() ? List.of() : onLoop(() -> registry.addresses(kind));
    }

    HandoffCounters counters(SocketAddress address) {
        return released.get() ? HandoffCounters.NONE : onLoop(() -> registry.counters(address));
    }

    Path runDirectory() {
        return directory.path();
    }

    CompletionStage<Void> stop() {
        if (stopping.compareAndSet(false, true)) {
            workforce.noMoreWorkers();
            long patience = System.nanoTime() + LAST_HANDOFFS;
            try {
                loop.execute(() -> endAccepting(patience));
            } catch (RejectedExecutionException e) {
                LOGGER.debug("the cluster was closed while it was asked to stop");
            }
        }
        return stopped.minimalCompletionStage();
    }

    /** What clients have been promised by the kernel is taken and handed off; then workers are asked to finish. */
    private void endAccepting(long patience) {
        boolean done = true;
        for (Reception listener : registry.listeners()) {
            done &= listener.endAccepting();
        }
        if (done || System.nanoTime() - patience > 0 || workforce.workers().isEmpty()) {
            workforce.drainAll().whenComplete((nothing, failure) -> release());
        } else {
            lookAgain = loop.schedule(() -> endAccepting(patience), LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    void close() {
        if (workforce.onSupervisor()) {
            throw new IllegalStateException(
                    "close waits for the supervisor, and this is its thread: in a listener of events, call stop");
        }
        stopping.set(true);
        workforce.noMoreWorkers();
        workforce.killAll().toCompletableFuture().join();
        release();
        stopped.join();
    }

    private void release() {
        if (!released.compareAndSet(false, true)) {
            return;
        }
        workforce.close();
        loop.execute(() -> {
            if (lookAgain != null) {
                lookAgain.cancel(false);
            }
            control.close();
            workforce.mailRoom().close();
            registry.close();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).addListener(ended -> {
                try {
                    // Nobody else will ever use a name that holds our process id.
                    directory.close(settings.name().equals(ClusterMaster.ownName()));
                } catch (IOException e) {
                    LOGGER.warn("can't clean up {}: {}", directory.path(), e.getMessage());
                }
                stopped.complete(null);
            });
        });
    }

    private <T> T onLoop(Callable<T> task) {
        if (loop.inEventLoop()) {
            throw new IllegalStateException("the master's own loop must not wait for itself");
        }
        try {
            return loop.submit(task).get();
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("the cluster has stopped", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the master's loop was asked", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the master's loop failed: " + e.getCause(), e.getCause());
        }
    }
}
