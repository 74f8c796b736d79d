package org.nettycluster.admin;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.nettycluster.master.ClusterStatus;
import org.nettycluster.master.ReloadOptions;
import org.nettycluster.master.ReloadProgress;
import org.nettycluster.master.ReloadReport;

/**
 * What can be asked of a cluster from outside; {@link MasterControl} asks a {@code ClusterMaster}. Called on the admin
 * endpoint's thread. What is refused fails, at once or later, with a {@link Refusal}.
 */
public interface ClusterControl {
    /** How everything is now. */
    ClusterStatus status();

    /** Replaces every worker. */
    CompletionStage<ReloadReport> reload(ReloadOptions options);

    /** Changes the size of the fleet. */
    CompletionStage<Void> scale(int workers);

    /**
     * Replaces one worker.
     *
     * @param progress told of each step
     */
    CompletionStage<ReloadReport> restart(int slot, Consumer<ReloadProgress> progress);

    /** Gives one worker no new connections. */
    CompletionStage<Void> pause(int slot);

    /** Gives one worker new connections again. */
    CompletionStage<Void> resume(int slot);

    /** Kills one worker. */
    CompletionStage<Void> kill(int slot);

    /** Ends the cluster; completed when no worker is left. */
    CompletionStage<Void> stop(boolean atOnce);
}
