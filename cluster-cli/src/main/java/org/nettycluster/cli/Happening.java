package org.nettycluster.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.ClusterStatus;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.supervise.WorkerExit;

/** What other threads put into the queue of {@link Foreground}. Immutable. */
sealed interface Happening {
    /** What is told of workers, in the order in which it happens to them. */
    sealed interface OfWorker extends Happening {}

    record Listens(WorkerProcess worker) implements OfWorker {}

    record Serves(WorkerProcess worker) implements OfWorker {}

    record Exited(WorkerProcess worker, WorkerExit exit) implements OfWorker {}

    record Restarting(int slot, Duration delay) implements OfWorker {}

    record GaveUp(int slot, int crashes) implements OfWorker {}

    record Stalled(WorkerProcess worker, ClusterStatus.Stall stall) implements OfWorker {}

    record Recovered(WorkerProcess worker) implements OfWorker {}

    record AllReady() implements Happening {}

    record CannotStart(Throwable reason) implements Happening {}

    /** A slot gave up before all were ready once; the others go on. */
    record Incomplete(String reason) implements Happening {}

    record Signalled(Signals.Signal signal) implements Happening {}

    record StopAsked(boolean atOnce, CompletableFuture<Void> done) implements Happening {}

    /** A change that a signal has asked for has ended. */
    record Changed(String what, @Nullable String failure) implements Happening {}

    record Stopped(@Nullable Throwable failure) implements Happening {}
}
