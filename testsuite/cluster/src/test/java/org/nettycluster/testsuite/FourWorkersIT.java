package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a healthy cluster does: it spreads, and it leaks nothing. */
class FourWorkersIT {
    private static final int MANY = Boolean.getBoolean("ncluster.soak") ? 1_000_000 : 100_000;

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        // A noisy machine stalls a worker for longer than the usual 10 ms, and who stalls misses turns, as he should.
        cluster = TestCluster.http(4, Duration.ofSeconds(2));
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @Test
    void eachOfFourWorkersServesAHundredOfFourHundredSequentialConnections() {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            answers.add(cluster.client().get("/"));
        }

        assertThat(Answer.failed(answers)).isEmpty();
        assertThat(Answer.perProcess(answers).keySet()).containsExactlyInAnyOrderElementsOf(cluster.workers());
        assertThat(Answer.perProcess(answers).values())
                .allSatisfy(count -> assertThat(count).isBetween(99L, 101L));
    }

    @Test
    void sixtyFourKeepAliveConnectionsAreSpreadEvenly() throws IOException {
        Map<Long, Integer> connections = new HashMap<>();
        List<KeepAlive> open = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                open.add(new KeepAlive(cluster.address()));
            }
            for (KeepAlive each : open) {
                each.send("/");
            }
            for (KeepAlive each : open) {
                each.receive();
                connections.merge(each.pid(), 1, Integer::sum);
            }
        } finally {
            for (KeepAlive each : open) {
                each.close();
            }
        }

        assertThat(connections).hasSize(4);
        assertThat(connections.values()).allSatisfy(count -> assertThat(count).isBetween(15, 17));
    }

    @Test
    void socketsReturnToTheirBaselineAfterAHundredThousandConnections() {
        assertThat(Answer.failed(ClosedLoop.run(cluster.client(), 64, 1_000))).isEmpty();
        List<Long> baseline = Baseline.of(cluster);

        long start = System.nanoTime();
        List<Answer> failed = Answer.failed(ClosedLoop.run(cluster.client(), 64, MANY));
        System.out.printf("%,d connections in %.1f s%n", MANY, (System.nanoTime() - start) / 1e9);

        assertThat(failed).as("failed of %d", MANY).isEmpty();
        Baseline.returns(cluster, baseline);
        TestCluster.Counters counters = cluster.counters();
        assertThat(counters.claimed()).isEqualTo(counters.accepted());
        assertThat(counters.abandoned()).isZero();
    }
}
