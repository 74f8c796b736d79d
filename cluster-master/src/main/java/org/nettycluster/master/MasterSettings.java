package org.nettycluster.master;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.schedule.Scheduler;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerOutput;

/** What {@link ClusterMaster.Builder} has collected and checked. */
record MasterSettings(
        String name,
        Path runDirectory,
        int workers,
        @Nullable WorkerCommand command,
        Duration restartDelay,
        Duration drainTimeout,
        int window,
        Duration rescueAfter,
        Scheduler scheduler,
        WorkerOutput output) {}
