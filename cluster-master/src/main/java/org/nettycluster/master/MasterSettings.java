package org.nettycluster.master;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.nettycluster.master.accept.InheritedSocket;
import org.nettycluster.master.schedule.Scheduler;

/** What {@link ClusterMaster.Builder} has collected and checked. */
record MasterSettings(
        String name,
        Path runDirectory,
        int window,
        Duration rescueAfter,
        Scheduler scheduler,
        boolean shared,
        List<InheritedSocket> inherited,
        FleetSettings fleet) {}
