package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A worker that stands still keeps what it has claimed and nothing else. Stopped by a signal, so that no thread of it can
 * cheat; blocked as a program does it, in one event loop.
 */
class StalledWorkersIT {
    /** Twenty times what the design needs on a quiet machine. */
    private static final Duration BOUND = Duration.ofMillis(500);

    private static final Duration STALL = Duration.ofSeconds(2);

    @Test
    void aStoppedWorkersUnclaimedConnectionsAreServedByOthers() throws IOException {
        try (TestCluster cluster = TestCluster.http(4)) {
            List<Long> pids = cluster.workers();
            unclaimedConnectionsAreServedByOthers(cluster, Set.of(pids.get(1)));
            unclaimedConnectionsAreServedByOthers(cluster, Set.copyOf(pids.subList(0, 3)));
        }
    }

    private static void unclaimedConnectionsAreServedByOthers(TestCluster cluster, Set<Long> stopped) {
        cluster.meet(cluster.workers());
        Census.Questions asked = new Census.Questions();
        Census before = Census.take(cluster, asked);
        List<Long> baseline = Baseline.of(cluster);
        TestCluster.Counters counted = cluster.counters();

        OpenLoop load = OpenLoop.start(
                300, (number, startedAt) -> cluster.client().echo("nonce-" + number + "-" + startedAt, startedAt));
        Await.pass(Duration.ofMillis(300));
        stopped.forEach(Proc::stop);
        long stoppedAt = System.nanoTime();
        Await.pass(STALL);
        long resumedAt = System.nanoTime();
        stopped.forEach(Proc::resume);
        Await.pass(Duration.ofMillis(300));
        List<Answer> answers = load.stop();

        List<Answer> during = between(answers, stoppedAt, resumedAt - BOUND.toNanos());
        System.out.println(stopped.size() + " of 4 stopped: " + Answer.times(during));
        assertThat(Answer.failed(answers)).as("failed" + cluster.printed()).isEmpty();
        assertThat(during).hasSizeGreaterThan(400).allSatisfy(answer -> {
            assertThat(stopped).as("who answered").doesNotContain(answer.pid());
            assertThat(answer.bodyNanos()).as("to the body").isLessThan(BOUND.toNanos());
            assertThat(answer.eofNanos()).as("to the end").isLessThan(BOUND.toNanos());
        });
        // Opened before the stop and not answered in time: then the stopped one had claimed it.
        assertThat(between(answers, Long.MIN_VALUE, stoppedAt))
                .filteredOn(answer -> answer.eofNanos() > BOUND.toNanos())
                .allSatisfy(answer -> assertThat(stopped).contains(answer.pid()));

        Baseline.returns(cluster, baseline);
        Census after = Census.take(cluster, asked);
        assertThat(after.requests() - before.requests())
                .as("requests that the servers have seen: two for each connection, none twice")
                .isEqualTo(2L * answers.size());
        Baseline.settle(cluster);
        TestCluster.Counters counters = cluster.counters();
        System.out.println(counters.revoked() - counted.revoked() + " were taken back and offered again");
        assertThat(counters.revoked()).isGreaterThan(counted.revoked());
        assertThat(counters.claimed()).isEqualTo(counters.accepted());
    }

    @Test
    void aBlockedLoopKeepsOnlyWhatItHadClaimed() throws IOException {
        try (TestCluster cluster = TestCluster.http(2)) {
            cluster.meet(cluster.workers());
            List<Long> baseline = Baseline.of(cluster);
            OpenLoop load =
                    OpenLoop.start(200, (number, startedAt) -> cluster.client().echo("nonce-" + number, startedAt));
            Await.pass(Duration.ofMillis(300));
            long blockedAt = System.nanoTime();
            Answer blocked = cluster.client().get("/block?ms=" + STALL.toMillis());
            List<Answer> answers = load.stop();

            assertThat(blocked.ok()).isTrue();
            assertThat(blocked.bodyNanos()).isGreaterThan(STALL.toNanos());
            List<Answer> during =
                    between(answers, blockedAt + BOUND.toNanos(), blockedAt + STALL.toNanos() - BOUND.toNanos());
            System.out.println("one loop of 2 x 2 blocked: " + Answer.times(during) + ", by "
                    + new TreeSet<>(Answer.perProcess(during).values()));
            assertThat(Answer.failed(answers)).as("failed" + cluster.printed()).isEmpty();
            assertThat(during).hasSizeGreaterThan(150).allSatisfy(answer -> {
                assertThat(answer.bodyNanos()).as("to the body").isLessThan(BOUND.toNanos());
                assertThat(answer.eofNanos()).as("to the end").isLessThan(BOUND.toNanos());
            });
            // What the loop had claimed when it was blocked waits with it, and that is few.
            assertThat(answers)
                    .filteredOn(answer -> answer.eofNanos() > BOUND.toNanos())
                    .allSatisfy(answer -> assertThat(answer.pid()).isEqualTo(blocked.pid()))
                    .hasSizeLessThan(5);
            Baseline.returns(cluster, baseline);
        }
    }

    private static List<Answer> between(List<Answer> answers, long from, long to) {
        List<Answer> chosen = new ArrayList<>();
        for (Answer answer : answers) {
            if (answer.startedAt() >= from && answer.startedAt() < to) {
                chosen.add(answer);
            }
        }
        return chosen;
    }
}
