package org.nettycluster.master;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.supervise.ChangeResult;
import org.nettycluster.master.supervise.Fleet;
import org.nettycluster.master.supervise.FleetPlan;
import org.nettycluster.master.supervise.FleetView;
import org.nettycluster.master.supervise.LastLines;
import org.nettycluster.master.supervise.ProgramCopies;
import org.nettycluster.master.supervise.ReloadStep;
import org.nettycluster.master.supervise.Seats;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.protocol.WorkerId;

/**
 * The fleet among the workers: lends it processes, timers and a clock, and takes requests to change it. Requests come
 * from any thread; everything else is on the supervisor's.
 */
final class FleetKeeper {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(FleetKeeper.class);

    /** The workers of a master that was killed end so long after their drain, at the latest. */
    private static final Duration ORPHANS_END = Duration.ofSeconds(30);

    private final Workforce workforce;
    private final SupervisorThread thread;
    private final Audience audience;
    private final LastLines lastLines;
    private final Fleet fleet;
    private final @Nullable ProgramCopies copies;
    private final WorkerCommand command;
    private final Duration drainTimeout;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private Consumer<ReloadProgress> progress = step -> {};

    /** @param programs where copies of the program may lie */
    FleetKeeper(
            FleetSettings settings,
            WorkerCommand command,
            Path programs,
            Workforce workforce,
            SupervisorThread thread,
            Audience audience,
            LastLines lastLines) {
        this.workforce = workforce;
        this.thread = thread;
        this.audience = audience;
        this.lastLines = lastLines;
        this.command = command;
        this.drainTimeout = settings.drainTimeout();
        this.copies = settings.freshCopy()
                ? new ProgramCopies(
                        programs,
                        Long.toHexString(System.currentTimeMillis()),
                        command,
                        (path, problem) -> LOGGER.warn(
                                "workers run from the program's own files: {}: {}", path, problem.toString()))
                : null;
        this.fleet = new Fleet(
                new FleetPlan(
                        settings.workers(),
                        settings.backOffFirst(),
                        settings.backOffMost(),
                        settings.breaker(),
                        settings.breakerWithin(),
                        settings.readyTimeout(),
                        () -> ThreadLocalRandom.current().nextDouble()),
                new OwnSeats());
    }

    private final class OwnSeats implements Seats {
        @Override
        public long now() {
            return System.nanoTime();
        }

        @Override
        public void after(Duration delay, Runnable task) {
            thread.schedule(delay, task);
        }

        @Override
        public void start(WorkerId worker, int release) {
            try {
                workforce.launch(worker, copies == null ? command : copies.of(release));
            } catch (IOException e) {
                LOGGER.error("{}", e.getMessage());
                lastLines.add(worker, String.valueOf(e.getMessage()));
                // Told later, so that the fleet is not called while it is calling.
                thread.post(() -> exited(worker, new WorkerExit(127, null)));
            }
        }

        @Override
        public void drain(WorkerId worker) {
            workforce.drain(worker);
        }

        @Override
        public void end(WorkerId worker) {
            workforce.end(worker);
        }

        @Override
        public void vacate(int slot) {
            workforce.vacate(slot);
        }

        @Override
        public void allReady() {
            ready.complete(null);
        }

        @Override
        public void cannotStart(WorkerId worker, String why) {
            workforce.startNoMore();
            ready.completeExceptionally(new ClusterStartException(why));
        }

        @Override
        public void restarting(int slot, WorkerExit exit, Duration delay) {
            audience.tell(events -> events.restarting(slot, exit, delay));
        }

        @Override
        public void gaveUp(int slot, WorkerExit exit, int crashes) {
            LOGGER.error(
                    "slot {} has crashed {} times in short time (limit breaker), last with {}: nothing is started in it "
                            + "until it is restarted or the fleet is reloaded",
                    slot,
                    crashes,
                    exit);
            vacate(slot);
            audience.tell(events -> events.gaveUp(slot, exit, crashes));
            if (!ready.isDone()) {
                ready.completeExceptionally(incomplete(slot, exit, crashes));
            }
        }

        @Override
        public void progress(int slot, @Nullable WorkerId from, WorkerId to, ReloadStep step) {
            try {
                progress.accept(new ReloadProgress(slot, from, to, step));
            } catch (RuntimeException e) {
                LOGGER.warn("who listens to the reload's progress failed", e);
            }
        }
    }

    private FleetIncompleteException incomplete(int slot, WorkerExit exit, int crashes) {
        List<String> printed = lastLines.of(slot);
        return new FleetIncompleteException(
                slot,
                "slot " + slot + " has crashed " + crashes + " times (limit breaker), last with " + exit
                        + ", before the fleet was complete"
                        + (printed.isEmpty() ? "" : "; last line: " + printed.get(printed.size() - 1))
                        + ": the others serve on; mend the program, then restart slot " + slot + " or reload");
    }

    void start() {
        fleet.start();
        if (copies != null && copies.hasOthers()) {
            thread.schedule(ORPHANS_END.plus(drainTimeout), copies::removeOthers);
        }
    }

    CompletionStage<Void> ready() {
        return ready.minimalCompletionStage();
    }

    void ready(WorkerId worker) {
        fleet.ready(worker);
    }

    void drained(WorkerId worker, int forced) {
        fleet.drained(worker, forced);
    }

    void exited(WorkerId worker, WorkerExit exit) {
        fleet.exited(worker, exit);
        if (copies != null) {
            copies.keep(fleet.releases());
        }
    }

    void stop() {
        fleet.stop();
    }

    void drainAll() {
        fleet.drainAll();
    }

    /** No process is left. */
    void close() {
        ready.completeExceptionally(new ClusterStartException("the cluster was stopped before its fleet was complete"));
        if (copies != null) {
            copies.close();
        }
    }

    FleetView view() {
        return fleet.view();
    }

    CompletionStage<ReloadReport> reload(ReloadOptions options) {
        return replace(
                options.progress(),
                result -> fleet.reload(options.maxSurge(), options.readyTimeout(), options.bake(), result));
    }

    CompletionStage<ReloadReport> restart(int slot, Consumer<ReloadProgress> listener) {
        return replace(listener, result -> fleet.restart(slot, result));
    }

    private CompletionStage<ReloadReport> replace(
            Consumer<ReloadProgress> listener, Function<Consumer<ChangeResult>, @Nullable String> begin) {
        CompletableFuture<ReloadReport> report = new CompletableFuture<>();
        long since = System.nanoTime();
        onSupervisor(report, () -> {
            progress = listener;
            String refusal = begin.apply(result -> report.complete(report(result, since)));
            if (refusal != null) {
                report.complete(new ReloadReport(ReloadReport.Outcome.REFUSED, refusal, List.of(), 0, Duration.ZERO));
            }
        });
        return report.minimalCompletionStage();
    }

    private ReloadReport report(ChangeResult result, long since) {
        return new ReloadReport(
                result.failure() == null ? ReloadReport.Outcome.DONE : ReloadReport.Outcome.ABORTED,
                result.failure(),
                result.failed() == null ? List.of() : lastLines.of(result.failed()),
                result.forced(),
                Duration.ofNanos(System.nanoTime() - since));
    }

    CompletionStage<Void> scale(int workers) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (workers < 1 || workers > FleetBuilder.MOST_WORKERS) {
            done.completeExceptionally(
                    new IllegalArgumentException("workers " + workers + " must be 1 to " + FleetBuilder.MOST_WORKERS));
            return done;
        }
        onSupervisor(done, () -> {
            String refusal = fleet.scale(workers, result -> {
                if (result.failure() == null) {
                    done.complete(null);
                } else {
                    done.completeExceptionally(new ChangeFailedException(
                            "can't scale to " + workers + ": " + result.failure(),
                            result.failed() == null ? List.of() : lastLines.of(result.failed())));
                }
            });
            if (refusal != null) {
                done.completeExceptionally(
                        new ChangeFailedException("can't scale to " + workers + ": " + refusal, List.of()));
            }
        });
        return done.minimalCompletionStage();
    }

    /** One change at a time: fails the stage, and does nothing, if one is being made. */
    private void onSupervisor(CompletableFuture<?> stage, Runnable change) {
        boolean posted = thread.tryPost(() -> {
            FleetView now = fleet.view();
            String running = now.change();
            if (running != null) {
                stage.completeExceptionally(new ChangeInProgressException(running, instant(now.changeSince())));
                return;
            }
            try {
                change.run();
            } catch (RuntimeException e) {
                stage.completeExceptionally(e);
            }
        });
        if (!posted) {
            stage.completeExceptionally(new IllegalStateException("the cluster has stopped"));
        }
    }

    /** Does something to the worker that has this seat. */
    CompletionStage<Void> with(int slot, String what, Consumer<WorkerId> action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        boolean posted = thread.tryPost(() -> {
            try {
                WorkerId worker = seat(slot).seat().worker();
                if (worker == null) {
                    throw new ChangeFailedException(
                            "can't " + what + " slot " + slot + ": nobody has that seat now", List.of());
                }
                action.accept(worker);
                done.complete(null);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        if (!posted) {
            done.completeExceptionally(new IllegalStateException("the cluster has stopped"));
        }
        return done.minimalCompletionStage();
    }

    private FleetView.SlotView seat(int slot) {
        List<FleetView.SlotView> slots = fleet.view().slots();
        Optional<FleetView.SlotView> seat =
                slots.stream().filter(each -> each.number() == slot).findFirst();
        return seat.orElseThrow(() ->
                new IllegalArgumentException("there is no slot " + slot + ": the fleet has 1 to " + slots.size()));
    }

    /** Of a time of the fleet's clock. */
    static Instant instant(long nanos) {
        return Instant.now().minusNanos(System.nanoTime() - nanos);
    }
}
