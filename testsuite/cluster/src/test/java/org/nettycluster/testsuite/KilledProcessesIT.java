package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.nettycluster.testsuite.Answer.Outcome;

/** kill -9, of a worker and of the master: who dies costs what was his, and nothing that was not yet. */
class KilledProcessesIT {
    private static final int KILLS = Boolean.getBoolean("ncluster.soak") ? 100 : 3;
    private static final int LANE = 8;

    @Test
    void killedMasterDoesNotLoseWhatLayInALane() throws IOException, InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(LANE);
        // With the usual 10 ms the master would accept no more for a worker that has not moved for 5.
        try (TestCluster cluster = TestCluster.http(1, Duration.ofSeconds(20))) {
            long worker = cluster.workers().get(0);
            cluster.meet(List.of(worker));
            long before = cluster.counters().offered();
            Proc.stop(worker);

            Client client = cluster.client();
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < LANE; i++) {
                int number = i;
                answers.add(threads.submit(() -> client.echo("nonce-" + number, System.nanoTime())));
            }
            Await.until(
                    Duration.ofSeconds(5),
                    () -> LANE + " offers lie in the lane: " + cluster.counters() + " after " + before,
                    () -> cluster.counters().offered() - before == LANE);
            Proc.kill(cluster.masterPid());
            Await.until(Duration.ofSeconds(5), () -> "the master ends", () -> Proc.hasEnded(cluster.masterPid()));
            Proc.resume(worker);

            for (Future<Answer> answer : answers) {
                assertThat(answer.get()).satisfies(each -> {
                    assertThat(each.outcome())
                            .as(each.detail() + cluster.printed())
                            .isEqualTo(Outcome.OK);
                    assertThat(each.pid()).isEqualTo(worker);
                });
            }
            Await.until(
                    Duration.ofSeconds(10),
                    () -> "the worker ends by itself" + cluster.printed(),
                    () -> Proc.hasEnded(worker));
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * Each victim is stopped for a moment first, at any instruction of it: what it holds can then be counted, and the kill
     * meets it in that very state.
     */
    @Test
    void aKilledWorkerCostsOnlyWhatItHadClaimed() throws IOException {
        try (TestCluster cluster = TestCluster.http(4)) {
            cluster.meet(cluster.workers());
            List<Long> idle = Baseline.of(cluster);
            long sockets = idle.get(1);
            assertThat(idle.subList(1, 5)).as("sockets of idle workers").containsOnly(sockets);

            OpenLoop load =
                    OpenLoop.start(200, (number, startedAt) -> cluster.client().get("/slow?ms=50", startedAt));
            long held = 0;
            for (int i = 0; i < KILLS; i++) {
                List<Long> pids = cluster.workers();
                long victim = pids.get(0);
                Await.pass(Duration.ofMillis(100 + 37 * i % 100));
                Proc.stop(victim);
                held += Proc.sockets(victim) - sockets;
                Proc.kill(victim);
                Await.until(
                        Duration.ofSeconds(20),
                        () -> "a successor of " + victim + " among " + cluster.workers(),
                        () -> cluster.workers().size() == 4
                                && !cluster.workers().contains(victim));
                cluster.meet(cluster.workers());
            }
            List<Answer> answers = load.stop();

            List<Answer> failed = Answer.failed(answers);
            System.out.println(KILLS + " kills under load: " + answers.size() + " connections, " + failed.size()
                    + " ended with their worker, which held " + held + "; " + cluster.counters());
            assertThat(failed).as("failed" + cluster.printed()).hasSizeLessThanOrEqualTo((int) held);
            assertThat(failed)
                    .extracting(Answer::outcome)
                    .as("an end of file or a reset, and nobody waits or is refused")
                    .doesNotContain(Outcome.TIMEOUT, Outcome.REFUSED);
            assertThat(failed)
                    .allSatisfy(answer -> assertThat(answer.eofNanos())
                            .as("told at once: no dup is left in the master")
                            .isLessThan(Duration.ofSeconds(1).toNanos()));
            assertThat(cluster.counters().abandoned()).isZero();
            Await.until(
                    Duration.ofSeconds(10),
                    () -> "sockets of the master, now " + cluster.sockets() + ", are " + idle.get(0) + " again",
                    () -> cluster.sockets().get(0).equals(idle.get(0)));
        }
    }
}
