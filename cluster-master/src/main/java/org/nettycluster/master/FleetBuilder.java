package org.nettycluster.master;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.dispatch.ConnectionLimits;
import org.nettycluster.master.dispatch.Overload;
import org.nettycluster.master.supervise.OwnStreams;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerOutput;
import org.nettycluster.protocol.Heartbeats;
import org.nettycluster.protocol.MasterLoss;
import org.nettycluster.protocol.Readiness;

/** The part of a master's description that is about its workers. Not thread safe. */
public abstract sealed class FleetBuilder permits HandoffBuilder {
    static final int MOST_WORKERS = 512;

    private int workers;
    private @Nullable WorkerCommand command;
    private Duration backOffFirst = Duration.ofMillis(100);
    private Duration backOffMost = Duration.ofSeconds(30);
    private int breaker = 10;
    private Duration breakerWithin = Duration.ofSeconds(60);
    private Duration drainTimeout = Duration.ofSeconds(30);
    private Duration drainIdle = Duration.ofSeconds(5);
    private Readiness readiness = Readiness.BIND;
    private Duration readyTimeout = Duration.ofSeconds(60);
    private Duration stallWarn = Duration.ofSeconds(5);
    private MasterLoss masterLoss = MasterLoss.DRAIN;
    private boolean freshCopy = true;
    private WorkerOutput output = new OwnStreams();
    private ConnectionLimits limits = ConnectionLimits.NONE;

    FleetBuilder() {}

    abstract ClusterMaster.Builder self();

    /** Size of the fleet, 0 to 512; default 0, no fleet. */
    public ClusterMaster.Builder workers(int workers) {
        if (workers < 0 || workers > MOST_WORKERS) {
            throw new IllegalArgumentException("workers " + workers + " must be 0 to " + MOST_WORKERS);
        }
        this.workers = workers;
        return self();
    }

    /** What workers run. */
    public ClusterMaster.Builder command(WorkerCommand command) {
        this.command = command;
        return self();
    }

    /** Between each crash and the successor's start: the same as a {@link #backOff} that does not grow. */
    public ClusterMaster.Builder restartDelay(Duration restartDelay) {
        notNegative("restartDelay", restartDelay);
        return backOff(restartDelay, restartDelay);
    }

    /**
     * Between a crash and the successor's start: this much, doubled with each crash of the slot up to {@code most}, and
     * up to a fifth more or less. A worker that was ready for 2 s begins anew. Default 100 ms to 30 s.
     */
    public ClusterMaster.Builder backOff(Duration first, Duration most) {
        notNegative("backOff", first);
        if (most.compareTo(first) < 0) {
            throw new IllegalArgumentException("backOff from " + first + " to " + most + " must not shrink");
        }
        this.backOffFirst = first;
        this.backOffMost = most;
        return self();
    }

    /** So many crashes of one slot within this time, and it gives up until it is restarted; default 10 within 60 s. */
    public ClusterMaster.Builder breaker(int crashes, Duration within) {
        if (crashes < 1) {
            throw new IllegalArgumentException("breaker of " + crashes + " crashes must be >= 1");
        }
        this.breaker = crashes;
        this.breakerWithin = notNegative("breaker", within);
        return self();
    }

    /** No slot ever gives up. */
    public ClusterMaster.Builder noBreaker() {
        this.breaker = 0;
        return self();
    }

    /** How long running connections may take when a worker is asked to finish; default 30 s. */
    public ClusterMaster.Builder drainTimeout(Duration drainTimeout) {
        this.drainTimeout = notNegative("drainTimeout", drainTimeout);
        return self();
    }

    /** How long a kept-alive connection may stay without a request while its worker drains; default 5 s. */
    public ClusterMaster.Builder drainIdle(Duration drainIdle) {
        this.drainIdle = notNegative("drainIdle", drainIdle);
        return self();
    }

    /** What makes a worker ready: its first bind, the default, or its own word. */
    public ClusterMaster.Builder readiness(Readiness readiness) {
        this.readiness = readiness;
        return self();
    }

    /** A worker that is not ready within this time is ended, and has crashed; default 60 s, 0 for no limit. */
    public ClusterMaster.Builder readyTimeout(Duration readyTimeout) {
        this.readyTimeout = notNegative("readyTimeout", readyTimeout);
        return self();
    }

    /** A worker of whom a loop has not moved for so long is reported and routed around; default 5 s, 0 for never. */
    public ClusterMaster.Builder stallWarn(Duration stallWarn) {
        notNegative("stallWarn", stallWarn);
        Duration least = Heartbeats.PERIOD.multipliedBy(2);
        if (!stallWarn.isZero() && stallWarn.compareTo(least) < 0) {
            throw new IllegalArgumentException("stallWarn " + stallWarn + " must be 0 or >= " + least.toMillis()
                    + " ms: loops are asked every " + Heartbeats.PERIOD.toMillis() + " ms");
        }
        this.stallWarn = stallWarn;
        return self();
    }

    /** What workers do when the master is gone; default: what a drain is, and then exit. */
    public ClusterMaster.Builder onMasterLost(MasterLoss masterLoss) {
        this.masterLoss = masterLoss;
        return self();
    }

    /**
     * Whether workers run from a private copy of the program's jars, so that replacing these disturbs nobody and the next
     * reload picks the new ones up; default yes.
     */
    public ClusterMaster.Builder freshCopy(boolean freshCopy) {
        this.freshCopy = freshCopy;
        return self();
    }

    /** Where the lines go that workers print; default our own standard output and error, unchanged. */
    public ClusterMaster.Builder output(WorkerOutput output) {
        this.output = output;
        return self();
    }

    /**
     * Connections that one worker may have at once, over all its listeners; default 0, no limit. A worker that has so many
     * is offered no more until one has ended.
     */
    public ClusterMaster.Builder maxConnections(int perWorker) {
        limits = new ConnectionLimits(notNegative("maxConnections", perWorker), limits.total(), limits.overload());
        return self();
    }

    /** Connections that all workers together may have, those that drain too; default 0, no limit. */
    public ClusterMaster.Builder maxTotal(int total) {
        limits = new ConnectionLimits(limits.perWorker(), notNegative("maxTotal", total), limits.overload());
        return self();
    }

    /** What happens to clients beyond the limits; default: they wait in the kernel's backlog. */
    public ClusterMaster.Builder overload(Overload overload) {
        limits = new ConnectionLimits(limits.perWorker(), limits.total(), overload);
        return self();
    }

    FleetSettings fleet() {
        if (workers > 0 && command == null) {
            throw new IllegalStateException("a fleet of " + workers + " workers needs a command");
        }
        return new FleetSettings(
                workers,
                command,
                backOffFirst,
                backOffMost,
                breaker,
                breakerWithin,
                drainTimeout,
                drainIdle,
                readiness,
                readyTimeout,
                stallWarn,
                masterLoss,
                freshCopy,
                output,
                limits);
    }

    private static int notNegative(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " " + value + " must be >= 0");
        }
        return value;
    }

    static Duration notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " " + value + " must be >= 0");
        }
        return value;
    }
}
