package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.time.Duration;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.load.Report;

/**
 * What the master has counted of its only listener since a moment. If as many connections were claimed as attempts were
 * made, one connection each, then every failed one had been claimed, and nobody but a victim loses what it has claimed.
 */
final class Claims {
    private final RunningCluster cluster;
    private final JsonObject before;

    private Claims(RunningCluster cluster) throws IOException {
        this.cluster = cluster;
        this.before = atRest(cluster);
    }

    /** From now on. */
    static Claims count(RunningCluster cluster) throws IOException {
        return new Claims(cluster);
    }

    /** Requires that nothing was lost by anybody but victims; the load has ended. */
    void judge(Report report, Verdict verdict) throws IOException {
        judge(report.attempts(), verdict);
    }

    /** The same for several loads together. */
    void judge(long attempts, Verdict verdict) throws IOException {
        JsonObject after = atRest(cluster);
        long claimed = after.number("claimed") - before.number("claimed");
        long abandoned = after.number("abandoned") - before.number("abandoned");
        verdict.figure("claimed", claimed)
                .figure("taken back and offered again", after.number("revoked") - before.number("revoked"))
                .require(
                        claimed == attempts && abandoned == 0,
                        (attempts - claimed) + " connections were claimed by nobody, " + abandoned
                                + " abandoned by the master");
    }

    /** A master that has nothing else to do learns of the last claim only when it could take the offer back. */
    private static JsonObject atRest(RunningCluster cluster) throws IOException {
        JsonObject listener = cluster.listener();
        for (int i = 0; i < 100 && listener.number("claimed") < listener.number("accepted"); i++) {
            RunningCluster.pause(Duration.ofMillis(10));
            listener = cluster.listener();
        }
        return listener;
    }
}
