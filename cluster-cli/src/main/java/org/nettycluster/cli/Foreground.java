package org.nettycluster.cli;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nettycluster.admin.AddressText;
import org.nettycluster.admin.AdminEndpoint;
import org.nettycluster.admin.LogTail;
import org.nettycluster.admin.MasterControl;
import org.nettycluster.cli.Happening.Changed;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.ClusterStartException;
import org.nettycluster.master.FleetIncompleteException;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.supervise.SlotState;

/**
 * Runs a fleet until it is asked to stop, and says in one line each what happens to it. The calling thread owns all that
 * is known here; signals, the admin endpoint and the master's threads only put what they have seen into a queue.
 */
final class Foreground {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Foreground.class);
    /** After so long it says who is not ready yet. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Comparator<WorkerProcess> BY_SEAT =
            Comparator.comparingInt(worker -> worker.id().number());

    private final String name;
    private final int size;
    private final Supervision supervision;
    private final OwnLines out;
    private final OwnLines err;
    private final Story story;
    private final BlockingQueue<Happening> happenings = new LinkedBlockingQueue<>();
    private final List<CompletableFuture<Void>> stopAnswers = new ArrayList<>();

    private boolean rehearsal;
    private boolean incomplete;
    private boolean ready;
    private boolean stopping;

    Foreground(String name, int size, Supervision supervision, OwnLines out, OwnLines err) {
        this.name = name;
        this.size = size;
        this.supervision = supervision;
        this.out = out;
        this.err = err;
        this.story = new Story(out, err);
    }

    /**
     * Starts the fleet and returns when no process of it is left.
     *
     * @return the exit code
     */
    int run(ClusterMaster.Builder builder) throws InterruptedException {
        Signals.listen(signal -> happenings.add(new Happening.Signalled(signal)));
        // Behind the master's buffer, where nobody minds a reader who has stopped.
        LogTail tail = new LogTail(new PrefixedOutput(size, System.out, System.err));
        ClusterMaster master;
        try {
            master = builder.output(tail).start();
        } catch (ClusterStartException e) {
            return couldNotStart(String.valueOf(e.getMessage()));
        }
        try (AdminEndpoint endpoint = AdminEndpoint.open(
                master.runDirectory(), new MasterControl(master, this::stopAsked), tail, supervision.reload())) {
            LOGGER.debug("the cluster is shown and changed at {}", endpoint.socket());
            int exitCode = untilStopped(master);
            stopAnswers.forEach(answer -> answer.complete(null));
            return exitCode;
        } catch (IOException e) {
            master.close();
            return couldNotStart(String.valueOf(e.getMessage()));
        }
    }

    private CompletionStage<Void> stopAsked(boolean atOnce) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        happenings.add(new Happening.StopAsked(atOnce, done));
        return done;
    }

    private int untilStopped(ClusterMaster master) throws InterruptedException {
        master.listen(new IntoQueue(happenings::add));
        master.ready().whenComplete((nothing, failure) -> happenings.add(readiness(failure)));
        long noticeAt = System.nanoTime() + PATIENCE.toNanos();
        boolean noticed = false;
        while (true) {
            Happening next;
            if (ready || stopping || noticed) {
                next = happenings.take();
            } else {
                next = happenings.poll(noticeAt - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
            if (next == null) {
                noticed = true;
                sayWhoIsLate(master);
                if (rehearsal) {
                    stop(master);
                }
                continue;
            }
            Integer exitCode = handle(master, next);
            if (exitCode != null) {
                return exitCode;
            }
        }
    }

    private static Happening readiness(@Nullable Throwable failure) {
        if (failure == null) {
            return new Happening.AllReady();
        }
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause instanceof FleetIncompleteException
                ? new Happening.Incomplete(String.valueOf(cause.getMessage()))
                : new Happening.CannotStart(failure);
    }

    /** To be said before {@link #run}: a fleet that is ready, or late, has shown what it can. */
    void stopWhenReady() {
        rehearsal = true;
    }

    private @Nullable Integer handle(ClusterMaster master, Happening happening) {
        if (happening instanceof Happening.OfWorker ofWorker) {
            story.tell(ofWorker);
            return ready || stopping ? null : beforeReady(master, ofWorker);
        } else if (happening instanceof Happening.AllReady) {
            allReady(master);
        } else if (happening instanceof Happening.CannotStart failure) {
            if (!stopping) {
                master.close();
                return couldNotStart(reason(failure.reason()));
            }
        } else if (happening instanceof Happening.Incomplete incomplete) {
            incomplete(incomplete);
        } else if (happening instanceof Happening.Signalled signalled) {
            return signalled(master, signalled.signal());
        } else if (happening instanceof Changed changed) {
            if (changed.failure() == null) {
                out.line(changed.what() + ": done");
            } else {
                err.line("ncluster: " + changed.what() + " failed: " + changed.failure());
            }
        } else if (happening instanceof Happening.StopAsked asked) {
            stopAnswers.add(asked.done());
            if (asked.atOnce()) {
                return stopAtOnce(master, 0);
            }
            stop(master);
        } else if (happening instanceof Happening.Stopped end) {
            if (end.failure() != null) {
                err.line("ncluster: " + name + " was not stopped in good order: " + end.failure());
                return Main.COULD_NOT_START;
            }
            return 0;
        }
        return null;
    }

    private void incomplete(Happening.Incomplete happening) {
        if (!stopping && !ready) {
            incomplete = true;
            err.line("ncluster: " + name + " is not complete: " + happening.reason());
            story.aloud();
        }
    }

    /** Whether nobody is left to wait for, or a fleet that was not complete is now. */
    private @Nullable Integer beforeReady(ClusterMaster master, Happening.OfWorker happening) {
        if (happening instanceof Happening.GaveUp) {
            if (all(master, SlotState.GAVE_UP)) {
                master.close();
                return couldNotStart("every slot gave up before all were ready; what they said is above");
            }
        } else if (incomplete && happening instanceof Happening.Serves && all(master, SlotState.READY)) {
            allReady(master);
        }
        return null;
    }

    private static boolean all(ClusterMaster master, SlotState state) {
        return master.status().slots().stream().allMatch(slot -> slot.state() == state);
    }

    private @Nullable Integer signalled(ClusterMaster master, Signals.Signal signal) {
        switch (signal.name()) {
            case "HUP" ->
                change(
                        "reload",
                        () -> master.reload(supervision.reload()).thenAccept(report -> {
                            if (report.reason() != null) {
                                throw new IllegalStateException(report.reason());
                            }
                        }));
            case "TTIN" -> scale(master, 1);
            case "TTOU" -> scale(master, -1);
            default -> {
                if (stopping) {
                    return stopAtOnce(master, 128 + signal.number());
                }
                stop(master);
            }
        }
        return null;
    }

    private void scale(ClusterMaster master, int by) {
        change(by > 0 ? "one worker more" : "one worker less", () -> {
            int workers = master.status().slots().size() + by;
            return master.scale(workers);
        });
    }

    private void change(String what, Supplier<CompletionStage<Void>> change) {
        if (stopping) {
            return;
        }
        out.line(what + ", as a signal asks");
        CompletableFuture.completedStage(null)
                .thenCompose(nothing -> change.get())
                .whenComplete((nothing, failure) ->
                        happenings.add(new Changed(what, failure == null ? null : said(failure))));
    }

    private static String said(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return String.valueOf(cause.getMessage());
    }

    private void allReady(ClusterMaster master) {
        ready = true;
        if (stopping) {
            return;
        }
        List<WorkerProcess> workers = master.workers().stream()
                .filter(worker -> story.isServing(worker) && !worker.exitedAfterDisconnect())
                .sorted(BY_SEAT)
                .toList();
        String addresses = Stream.concat(master.addresses().stream(), master.unixAddresses().stream())
                .map(AddressText::of)
                .sorted()
                .collect(Collectors.joining(", "));
        out.line("ready: " + name
                + (addresses.isEmpty() ? "" : " on " + addresses)
                + ", " + workers.size() + (workers.size() == 1 ? " worker: " : " workers: ")
                + workers.stream()
                        .map(worker -> worker.id() + " (pid " + worker.pid() + ")")
                        .collect(Collectors.joining(", ")));
        story.aloud();
        if (rehearsal) {
            stop(master);
        }
    }

    private void stop(ClusterMaster master) {
        if (stopping) {
            return;
        }
        stopping = true;
        story.silent();
        out.line("stopping: " + name + ", running requests have up to "
                + supervision.drainTimeout().toSeconds() + " s; a second signal stops it at once");
        master.stop().whenComplete((nothing, failure) -> happenings.add(new Happening.Stopped(failure)));
    }

    private int stopAtOnce(ClusterMaster master, int exitCode) {
        stopping = true;
        out.line("stopping at once: " + name);
        master.close();
        return exitCode;
    }

    private int couldNotStart(String reason) {
        err.line("ncluster: " + name + " could not be started: " + reason);
        return Main.COULD_NOT_START;
    }

    private String reason(Throwable failure) {
        Happening.Exited first = story.first();
        return first == null
                ? String.valueOf(failure.getMessage())
                : Story.sentence(first) + " before any worker was ready; what it said is above";
    }

    private void sayWhoIsLate(ClusterMaster master) {
        List<WorkerProcess> late = master.workers().stream()
                .filter(worker -> !story.isServing(worker))
                .sorted(BY_SEAT)
                .toList();
        List<WorkerProcess> bound = late.stream().filter(story::isBound).toList();
        List<WorkerProcess> unbound =
                late.stream().filter(worker -> !story.isBound(worker)).toList();
        new Lateness(PATIENCE, supervision.readiness(), bound, unbound).lines().forEach(out::line);
    }
}
