package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.dispatch.ConnectionLimits;
import org.nettycluster.master.dispatch.Overload;

/** What clients beyond the limits notice, with real processes. */
class LimitsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int BEYOND = 20;

    private final List<Closeable> open = new ArrayList<>();

    @AfterEach
    void end() throws IOException {
        for (Closeable each : open) {
            each.close();
        }
    }

    private KeepAlive served(TestCluster cluster) throws IOException {
        KeepAlive client = new KeepAlive(cluster.address());
        open.add(client);
        client.get("/");
        return client;
    }

    private static void until(TestCluster cluster, long open) {
        Await.until(
                PATIENCE,
                () -> open + " open, not " + cluster.crowd(),
                () -> cluster.crowd().open() == open);
    }

    @Test
    void clientsBeyondTheLimitOfEachWorkerWaitAndAreServedOneByOneWithoutABusyMaster() throws IOException {
        try (TestCluster cluster = TestCluster.limited(2, new ConnectionLimits(1, 0, Overload.WAIT))) {
            KeepAlive one = served(cluster);
            KeepAlive two = served(cluster);
            assertThat(new TreeSet<>(List.of(one.pid(), two.pid()))).hasSize(2);
            try (Burst burst = Burst.of(cluster.client(), BEYOND)) {
                burst.go();
                Await.until(
                        PATIENCE,
                        () -> BEYOND + " in the backlog, not " + cluster.crowd(),
                        () -> cluster.crowd().backlog() == BEYOND);
                long offered = cluster.counters().offered();
                long ticks = Proc.cpuTicks(cluster.masterPid());
                Await.pass(Duration.ofSeconds(2));
                assertThat(cluster.counters().offered())
                        .as("nobody is offered in vain")
                        .isEqualTo(offered);
                assertThat(Proc.cpuTicks(cluster.masterPid()) - ticks)
                        .as("ticks of 10 ms in 2 s")
                        .isLessThanOrEqualTo(10);
                one.close();
                two.close();

                assertThat(Answer.failed(burst.answers())).isEmpty();
            }
            until(cluster, 0);
            TestCluster.Counters counters = cluster.counters();
            assertThat(counters.accepted()).isEqualTo(2 + BEYOND);
            assertThat(counters.offered() - counters.revoked())
                    .as("offered again only to those who got it too late to claim")
                    .isEqualTo(2 + BEYOND);
            assertThat(cluster.crowd().waits()).isPositive();
            assertThat(cluster.crowd().resets()).isZero();
        }
    }

    @Test
    void clientsBeyondTheTotalAreResetAtOnceUntilThereIsAPlace() throws IOException {
        try (TestCluster cluster = TestCluster.limited(2, new ConnectionLimits(0, 3, Overload.RESET))) {
            KeepAlive one = served(cluster);
            served(cluster);
            served(cluster);
            Client client = cluster.client();
            for (int i = 0; i < BEYOND; i++) {
                assertThat(client.get("/").outcome()).isEqualTo(Answer.Outcome.RESET);
            }
            assertThat(cluster.crowd()).isEqualTo(new TestCluster.Crowd(3, 0, BEYOND, 0));
            one.close();
            until(cluster, 2);

            assertThat(client.get("/").ok()).isTrue();
        }
    }
}
