package org.nettycluster.testsuite;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The sockets of master and workers while no client is connected: what every test must end with. */
final class Baseline {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private Baseline() {}

    /** Clients have seen their ends of file, but servers may still be closing: counted until two looks agree. */
    static List<Long> of(TestCluster cluster) {
        settle(cluster);
        List<List<Long>> looks = new ArrayList<>(List.of(cluster.sockets()));
        Await.until(PATIENCE, () -> "the same sockets at two looks: " + looks, () -> {
            Await.pass(BETWEEN_LOOKS);
            looks.add(cluster.sockets());
            return looks.get(looks.size() - 2).equals(looks.get(looks.size() - 1));
        });
        return looks.get(looks.size() - 1);
    }

    static void returns(TestCluster cluster, List<Long> baseline) {
        settle(cluster);
        Await.until(
                PATIENCE,
                () -> "sockets of master and workers, now " + cluster.sockets() + ", are " + baseline + " again",
                () -> cluster.sockets().equals(baseline));
    }

    /** Waits until the master knows of every connection that it is claimed. */
    static void settle(TestCluster cluster) {
        // A master that has nothing else to do learns of a claim when the offer could be rescued; so long it keeps its
        // dup.
        Await.until(PATIENCE, () -> "all is claimed: " + cluster.counters(), () -> {
            TestCluster.Counters counters = cluster.counters();
            return counters.claimed() == counters.accepted();
        });
    }
}
