package org.nettycluster.master;

import java.nio.file.Path;
import java.time.Duration;
import org.nettycluster.master.schedule.Scheduler;

/** What {@link ClusterMaster.Builder} has collected and checked. */
record MasterSettings(
        String name, Path runDirectory, int window, Duration rescueAfter, Scheduler scheduler, FleetSettings fleet) {}
