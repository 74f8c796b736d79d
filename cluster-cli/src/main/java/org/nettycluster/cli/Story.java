package org.nettycluster.cli;

import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nettycluster.cli.Happening.Exited;
import org.nettycluster.master.ClusterStatus;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.protocol.WorkerId;

/**
 * What happens to workers, in one line each. Until the first one serves nothing is said of those that end: either the
 * program cannot start, and then that is said, or their successors serve. Used by the thread of {@link Foreground}.
 */
final class Story {
    private final OwnLines out;
    private final OwnLines err;
    private final Set<WorkerId> bound = new HashSet<>();
    private final Set<WorkerId> serving = new HashSet<>();
    private @Nullable Exited first;
    private @Nullable Exited unexplained;
    private boolean aloud;
    private boolean silent;

    Story(OwnLines out, OwnLines err) {
        this.out = out;
        this.err = err;
    }

    boolean isServing(WorkerProcess worker) {
        return serving.contains(worker.id());
    }

    boolean isBound(WorkerProcess worker) {
        return bound.contains(worker.id());
    }

    /** The cluster is ready, or as ready as it gets for now, and that was said: from now on newcomers are told of. */
    void aloud() {
        aloud = true;
    }

    /** The cluster stops: that its workers end is no news. */
    void silent() {
        silent = true;
    }

    /** The first that ended; null if none has. */
    @Nullable
    Exited first() {
        return first;
    }

    void tell(Happening.OfWorker happening) {
        if (happening instanceof Happening.Restarting restarting) {
            explain(": starting a successor in " + text(restarting.delay()), out);
        } else if (happening instanceof Happening.GaveUp gaveUp) {
            explain(
                    " (crash " + gaveUp.crashes() + " in short time): slot " + gaveUp.slot()
                            + " gives up; ncluster restart " + gaveUp.slot() + " tries again",
                    err);
        } else {
            explain("", out);
        }
        if (happening instanceof Happening.Listens listens) {
            bound.add(listens.worker().id());
        } else if (happening instanceof Happening.Serves serves) {
            if (serving.add(serves.worker().id()) && aloud && !silent) {
                out.line(serves.worker() + " is ready");
            }
        } else if (happening instanceof Exited exited) {
            exited(exited);
        } else if (happening instanceof Happening.Stalled stalled) {
            err.line(stalled.worker() + loop(stalled.stall()) + " does not move: new connections go elsewhere");
        } else if (happening instanceof Happening.Recovered recovered) {
            err.line(recovered.worker() + " moves again");
        }
    }

    private void exited(Exited exited) {
        bound.remove(exited.worker().id());
        serving.remove(exited.worker().id());
        if (first == null) {
            first = exited;
        }
        if (exited.worker().exitedAfterDisconnect()) {
            if (!silent) {
                out.line(exited.worker() + " has ended");
            }
        } else {
            unexplained = exited;
        }
    }

    /** What follows from an exit is told right behind it, if anything does. */
    private void explain(String consequence, OwnLines to) {
        Exited exited = unexplained;
        unexplained = null;
        if (exited != null && !silent && (aloud || !serving.isEmpty() || !consequence.isEmpty())) {
            to.line(sentence(exited) + consequence);
        }
    }

    static String sentence(Exited exited) {
        return exited.worker() + " exited with " + exited.exit();
    }

    private static String loop(ClusterStatus.Stall stall) {
        return stall.loop() == 0 ? "" : ": event loop " + stall.loop();
    }

    private static String text(Duration delay) {
        return delay.toMillis() < 1000
                ? delay.toMillis() + " ms"
                : String.format(Locale.ROOT, "%.1f s", delay.toMillis() / 1000.0);
    }
}
