package org.nettycluster.master;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.dispatch.ConnectionLimits;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerOutput;
import org.nettycluster.protocol.MasterLoss;
import org.nettycluster.protocol.Readiness;

/**
 * What {@link FleetBuilder} has collected and checked.
 *
 * @param workers 0 for no fleet
 * @param breaker crashes of one slot within {@code breakerWithin} that open its breaker, 0 for never
 * @param readyTimeout 0 for none
 * @param stallWarn 0 for no watch
 * @param limits of connections
 */
record FleetSettings(
        int workers,
        @Nullable WorkerCommand command,
        Duration backOffFirst,
        Duration backOffMost,
        int breaker,
        Duration breakerWithin,
        Duration drainTimeout,
        Duration drainIdle,
        Readiness readiness,
        Duration readyTimeout,
        Duration stallWarn,
        MasterLoss masterLoss,
        boolean freshCopy,
        WorkerOutput output,
        ConnectionLimits limits) {}
