package org.nettycluster.cli;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nettycluster.admin.AdminEndpoint;
import org.nettycluster.admin.LogTail;
import org.nettycluster.admin.MasterControl;
import org.nettycluster.master.ClusterEvents;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.ClusterStartException;
import org.nettycluster.master.ReloadOptions;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.protocol.WorkerId;

/**
 * Runs a fleet until it is asked to stop, and says in one line each what happens to it. The calling thread owns all that
 * is known here; signals and the master's threads only put what they have seen into a queue.
 */
final class Foreground {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Foreground.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Comparator<WorkerProcess> BY_SEAT =
            Comparator.comparingInt(worker -> worker.id().number());

    private final String name;
    private final int size;
    private final Duration patience;
    private final ReloadOptions reload = ReloadOptions.defaults();
    private final PrintStream out;
    private final PrintStream err;
    private final BlockingQueue<Happening> happenings = new LinkedBlockingQueue<>();

    private final Set<WorkerId> serving = new HashSet<>();
    private final Map<Integer, Exited> unexplained = new HashMap<>();
    private final List<CompletableFuture<Void>> stopAnswers = new ArrayList<>();
    private boolean rehearsal;
    private boolean served;
    private boolean ready;
    private boolean stopping;
    private @Nullable Exited firstExit;

    Foreground(String name, int size) {
        this(name, size, PATIENCE, System.out, System.err);
    }

    /** @param patience after which it says who is not ready yet */
    Foreground(String name, int size, Duration patience, PrintStream out, PrintStream err) {
        this.name = name;
        this.size = size;
        this.patience = patience;
        this.out = out;
        this.err = err;
    }

    private sealed interface Happening {}

    private record Forked(WorkerProcess worker) implements Happening {}

    private record Serves(WorkerProcess worker) implements Happening {}

    private record Exited(WorkerProcess worker, WorkerExit exit) implements Happening {}

    private record AllReady() implements Happening {}

    private record CannotStart(Throwable reason) implements Happening {}

    private record Signalled(int number) implements Happening {}

    private record StopAsked(boolean atOnce, CompletableFuture<Void> done) implements Happening {}

    private record Stopped(@Nullable Throwable failure) implements Happening {}

    /**
     * Starts the fleet and returns when no process of it is left.
     *
     * @return the exit code
     */
    int run(ClusterMaster.Builder builder) throws InterruptedException {
        StopSignals.listen(this::signalled);
        LogTail tail = new LogTail(new PrefixedOutput(size, out, err));
        ClusterMaster master;
        try {
            master = builder.output(tail).start();
        } catch (ClusterStartException e) {
            return couldNotStart(String.valueOf(e.getMessage()));
        }
        try (AdminEndpoint endpoint =
                AdminEndpoint.open(master.runDirectory(), new MasterControl(master, this::stopAsked), tail, reload)) {
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
        happenings.add(new StopAsked(atOnce, done));
        return done;
    }

    private int untilStopped(ClusterMaster master) throws InterruptedException {
        master.listen(new IntoQueue());
        master.ready()
                .whenComplete((nothing, failure) ->
                        happenings.add(failure == null ? new AllReady() : new CannotStart(failure)));
        long noticeAt = System.nanoTime() + patience.toNanos();
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

    /** To be said before {@link #run}: a fleet that is ready, or late, has shown what it can. */
    void stopWhenReady() {
        rehearsal = true;
    }

    /** A signal has arrived. Any thread. */
    void signalled(int number) {
        happenings.add(new Signalled(number));
    }

    private @Nullable Integer handle(ClusterMaster master, Happening happening) {
        if (happening instanceof Forked forked) {
            explainLate(forked.worker().id());
        } else if (happening instanceof Serves serves) {
            serves(serves.worker());
        } else if (happening instanceof Exited exited) {
            exited(exited);
        } else if (happening instanceof AllReady) {
            allReady(master);
        } else if (happening instanceof CannotStart failure) {
            if (!stopping) {
                master.close();
                return couldNotStart(reason(failure.reason()));
            }
        } else if (happening instanceof Signalled signal) {
            if (stopping) {
                out.println("stopping at once: " + name);
                master.close();
                return 128 + signal.number();
            }
            stop(master);
        } else if (happening instanceof StopAsked asked) {
            stopAnswers.add(asked.done());
            if (asked.atOnce()) {
                stopping = true;
                out.println("stopping at once, as asked: " + name);
                master.close();
                return 0;
            }
            if (!stopping) {
                stop(master);
            }
        } else if (happening instanceof Stopped end) {
            if (end.failure() != null) {
                err.println("ncluster: " + name + " was not stopped in good order: " + end.failure());
                return Main.COULD_NOT_START;
            }
            return 0;
        }
        return null;
    }

    private void serves(WorkerProcess worker) {
        served = true;
        if (serving.add(worker.id()) && ready) {
            out.println(worker + " is ready");
        }
    }

    private void exited(Exited exited) {
        WorkerId id = exited.worker().id();
        serving.remove(id);
        if (firstExit == null) {
            firstExit = exited;
        }
        if (stopping) {
            return;
        }
        if (served || ready) {
            out.println(sentence(exited) + ": starting worker " + successor(id) + " in 1 s");
        } else {
            // Either this means that the program cannot start, or a successor will show that it does not.
            unexplained.put(id.number(), exited);
        }
    }

    private void explainLate(WorkerId successor) {
        Exited before = unexplained.remove(successor.number());
        if (before != null) {
            out.println(sentence(before) + ": starting worker " + successor);
        }
    }

    private void allReady(ClusterMaster master) {
        ready = true;
        if (stopping) {
            return;
        }
        List<WorkerProcess> workers = master.workers().stream().sorted(BY_SEAT).toList();
        String addresses =
                master.addresses().stream().map(Foreground::text).sorted().collect(Collectors.joining(", "));
        out.println("ready: " + name
                + (addresses.isEmpty() ? "" : " on " + addresses)
                + ", " + size + (size == 1 ? " worker: " : " workers: ")
                + workers.stream()
                        .map(worker -> worker.id() + " (pid " + worker.pid() + ")")
                        .collect(Collectors.joining(", ")));
        workers.forEach(worker -> serving.add(worker.id()));
        if (rehearsal) {
            stop(master);
        }
    }

    private void stop(ClusterMaster master) {
        stopping = true;
        out.println("stopping: " + name + ", running requests have up to 10 s; a second signal stops it at once");
        master.stop().whenComplete((nothing, failure) -> happenings.add(new Stopped(failure)));
    }

    private int couldNotStart(String reason) {
        out.flush();
        err.println("ncluster: " + name + " could not be started: " + reason);
        return Main.COULD_NOT_START;
    }

    private String reason(Throwable failure) {
        return firstExit == null
                ? String.valueOf(failure.getMessage())
                : sentence(firstExit) + " before any worker was ready; what it said is above";
    }

    private void sayWhoIsLate(ClusterMaster master) {
        String late = master.workers().stream()
                .filter(worker -> !serving.contains(worker.id()))
                .sorted(BY_SEAT)
                .map(WorkerProcess::toString)
                .collect(Collectors.joining(", "));
        if (!late.isEmpty()) {
            out.println("waiting: after " + patience.toSeconds() + " s nothing is bound in " + late
                    + ": does the program use ClusterWorker.serverChannelFactory()?");
        }
    }

    private static String sentence(Exited exited) {
        return exited.worker() + " exited with " + exited.exit();
    }

    private static WorkerId successor(WorkerId id) {
        return new WorkerId(id.number(), id.generation() + 1);
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private final class IntoQueue implements ClusterEvents {
        @Override
        public void fork(WorkerProcess worker) {
            happenings.add(new Forked(worker));
        }

        @Override
        public void listening(WorkerProcess worker, InetSocketAddress address) {
            happenings.add(new Serves(worker));
        }

        @Override
        public void exit(WorkerProcess worker, WorkerExit exit) {
            happenings.add(new Exited(worker, exit));
        }
    }
}
