package org.nettycluster.master;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.supervise.ChildProcess;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.protocol.WorkerId;

/**
 * One worker process as the master sees it; Node's {@code Worker}. Its state changes on the supervisor's thread and may
 * be read from any.
 */
public final class WorkerProcess {
    private final WorkerId id;
    private final ClusterMaster master;
    private final CompletableFuture<WorkerExit> exit = new CompletableFuture<>();
    private volatile @Nullable ChildProcess process;
    private volatile boolean online;
    private volatile boolean disconnected;
    private volatile boolean exitedAfterDisconnect;
    private volatile boolean draining;
    private volatile boolean drained;
    private volatile boolean ready;

    WorkerProcess(WorkerId id, ClusterMaster master) {
        this.id = id;
        this.master = master;
    }

    /** Its name: {@code 2.1} in a fleet, {@code 7} for a single fork; never used again. */
    public WorkerId id() {
        return id;
    }

    /** Process id of what was started; -1 before, and for a process that somebody else started. */
    public long pid() {
        ChildProcess started = process;
        return started == null ? -1 : started.pid();
    }

    /** Whether its control connection is open. */
    public boolean isConnected() {
        return online && !disconnected;
    }

    /** Whether its process has ended. */
    public boolean isDead() {
        return exit.isDone();
    }

    /** Whether it ended because it was asked to: by {@link #disconnect} or a stop of the cluster. */
    public boolean exitedAfterDisconnect() {
        return exitedAfterDisconnect;
    }

    /** Completed with its end. */
    public CompletionStage<WorkerExit> exit() {
        return exit.minimalCompletionStage();
    }

    /**
     * Asks it to finish: it gets no more connections, ends what runs within the cluster's drain time, and exits. Then it
     * is made to.
     */
    public CompletionStage<WorkerExit> disconnect() {
        master.drain(this);
        return exit();
    }

    /** Ends the process at once: SIGTERM, or SIGKILL where {@code forcibly}. */
    public void kill(boolean forcibly) {
        ChildProcess started = process;
        if (started != null) {
            if (forcibly) {
                started.kill();
            } else {
                started.terminate();
            }
        }
    }

    void started(ChildProcess child) {
        process = child;
    }

    void online() {
        online = true;
    }

    /** Returns whether this is news. */
    boolean ready() {
        boolean news = !ready;
        ready = true;
        return news;
    }

    /** Returns whether this is news. */
    boolean disconnected() {
        boolean news = online && !disconnected;
        disconnected = true;
        return news;
    }

    /** Returns whether this is news. */
    boolean askedToFinish() {
        boolean news = !draining;
        draining = true;
        exitedAfterDisconnect = true;
        return news;
    }

    /** Returns whether this is news: a worker may say it as often as it likes. */
    boolean drained() {
        boolean news = !drained;
        drained = true;
        return news;
    }

    void ended(WorkerExit how) {
        exit.complete(how);
    }

    @Override
    public String toString() {
        long pid = pid();
        return "worker " + id + (pid < 0 ? "" : " (pid " + pid + ")");
    }
}
