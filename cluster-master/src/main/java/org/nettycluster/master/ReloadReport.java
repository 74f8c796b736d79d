package org.nettycluster.master;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a reload, or the restart of one worker, went.
 *
 * @param outcome whether every worker was replaced
 * @param reason why not; null when done
 * @param lastLines what the worker printed last that failed; empty if none did
 * @param forcedConnections that were still open at the deadline of their drain, and were closed by force
 * @param duration from the request to the end of the last old process, or to the failure
 */
public record ReloadReport(
        Outcome outcome, @Nullable String reason, List<String> lastLines, int forcedConnections, Duration duration) {
    /** Copies the lines. */
    public ReloadReport {
        lastLines = List.copyOf(lastLines);
    }

    /** What has become of the fleet. */
    public enum Outcome {
        /** Every worker was replaced, and every old process has ended. */
        DONE,
        /** A new worker failed, or the cluster was stopped: whoever was not replaced before keeps serving. */
        ABORTED,
        /** Nothing was begun: there is no fleet, or it does not run yet or any more. */
        REFUSED
    }
}
