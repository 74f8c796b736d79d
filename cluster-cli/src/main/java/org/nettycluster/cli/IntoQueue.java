package org.nettycluster.cli;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.nettycluster.master.ClusterEvents;
import org.nettycluster.master.ClusterStatus;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.supervise.WorkerExit;

/** Passes on what the supervisor tells, on its thread and without delay. */
final class IntoQueue implements ClusterEvents {
    private final Consumer<Happening> queue;

    IntoQueue(Consumer<Happening> queue) {
        this.queue = queue;
    }

    @Override
    public void listening(WorkerProcess worker, InetSocketAddress address) {
        queue.accept(new Happening.Listens(worker));
    }

    @Override
    public void listening(WorkerProcess worker, Path path) {
        queue.accept(new Happening.Listens(worker));
    }

    @Override
    public void ready(WorkerProcess worker) {
        queue.accept(new Happening.Serves(worker));
    }

    @Override
    public void exit(WorkerProcess worker, WorkerExit exit) {
        queue.accept(new Happening.Exited(worker, exit));
    }

    @Override
    public void restarting(int slot, WorkerExit exit, Duration delay) {
        queue.accept(new Happening.Restarting(slot, delay));
    }

    @Override
    public void gaveUp(int slot, WorkerExit exit, int crashes) {
        queue.accept(new Happening.GaveUp(slot, crashes));
    }

    @Override
    public void stalled(WorkerProcess worker, ClusterStatus.Stall stall) {
        queue.accept(new Happening.Stalled(worker, stall));
    }

    @Override
    public void recovered(WorkerProcess worker) {
        queue.accept(new Happening.Recovered(worker));
    }
}
