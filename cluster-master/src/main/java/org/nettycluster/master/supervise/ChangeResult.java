package org.nettycluster.master.supervise;

import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerId;

/**
 * How a change of the fleet has ended.
 *
 * @param failure why it was given up, null if it was carried out
 * @param failed who failed, null if nobody did
 * @param forced connections that were closed by force when old workers drained
 */
public record ChangeResult(
        @Nullable String failure, @Nullable WorkerId failed, int forced) {}
