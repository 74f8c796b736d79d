package org.nettycluster.master;

import org.jspecify.annotations.Nullable;
import org.nettycluster.master.supervise.ReloadStep;
import org.nettycluster.protocol.WorkerId;

/**
 * One step of a reload.
 *
 * @param slot whose worker is replaced
 * @param from who held the seat when the step was made, null if nobody did
 * @param to who takes it
 * @param what has happened
 */
public record ReloadProgress(int slot, @Nullable WorkerId from, WorkerId to, ReloadStep what) {}
