package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.nettycluster.testsuite.Answer.Outcome;

/** How a cluster ends: in good order, or before it has begun. */
class EndsIT {
    @Test
    void stopLetsARunningRequestEndAndLeavesNoProcess() throws Exception {
        try (TestCluster cluster = TestCluster.http(2)) {
            List<Long> workers = cluster.workers();
            cluster.meet(workers);
            Baseline.of(cluster);
            long claimed = cluster.counters().claimed();
            CompletableFuture<Answer> slow =
                    CompletableFuture.supplyAsync(() -> cluster.client().get("/slow?ms=1500"));
            Await.until(
                    Duration.ofSeconds(1),
                    () -> "the request arrives: " + cluster.counters(),
                    () -> cluster.counters().claimed() > claimed);

            cluster.stop();

            // It has ended before the stop has.
            Answer answer = slow.get(1, TimeUnit.SECONDS);
            assertThat(answer.outcome()).as(answer.detail() + cluster.printed()).isEqualTo(Outcome.OK);
            assertThat(workers).allMatch(Proc::hasEnded);
            assertThat(cluster.client().get("/").outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(cluster.runDirectory().resolve("control")).doesNotExist();
            assertThat(cluster.log()).noneMatch(line -> line.startsWith("\tat "));
        }
    }

    @Test
    void stopUnderLoadFailsNobodyWhoWasAccepted() throws IOException {
        try (TestCluster cluster = TestCluster.http(2)) {
            cluster.meet(cluster.workers());
            OpenLoop load =
                    OpenLoop.start(200, (number, startedAt) -> cluster.client().get("/slow?ms=20", startedAt));
            Await.pass(Duration.ofMillis(500));
            cluster.stop();
            List<Answer> answers = load.stop();

            // From one moment on everybody is refused; before it everybody is served.
            assertThat(answers).extracting(Answer::outcome).contains(Outcome.OK, Outcome.REFUSED);
            assertThat(Answer.failed(answers))
                    .filteredOn(answer -> answer.outcome() != Outcome.REFUSED)
                    .as("the kernel resets who comes between our last accept and the close of the listener; no other")
                    .hasSizeLessThanOrEqualTo(1)
                    .extracting(Answer::outcome)
                    .isSubsetOf(Outcome.RESET);
        }
    }

    @Test
    void aPortInUseIsSaidInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<String> said =
                    failToStart(Programs.HTTP.worker(2, 1, List.of("--port", String.valueOf(taken.getLocalPort()))));

            assertThat(said)
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("can't listen on http://127.0.0.1:" + taken.getLocalPort())
                            .containsIgnoringCase("address already in use"));
        }
    }

    @Test
    void aPrivilegedPortIsSaidInOneLine() throws Exception {
        assumeTrue(!Proc.isRoot(), "root may listen on every port");
        int first = Integer.parseInt(Files.readString(Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start"))
                .strip());
        assumeTrue(first > 81, "everybody may listen on ports from " + first + " on here");

        List<String> said = failToStart(Programs.HTTP.worker(2, 1, List.of("--port", "81")));

        assertThat(said)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("can't listen on http://127.0.0.1:81")
                        .containsIgnoringCase("permission denied"));
    }

    @Test
    void aProgramThatIsNotThereIsSaidInOneLine() throws Exception {
        List<String> said = failToStart(List.of("/no/such/program"));

        assertThat(said).anySatisfy(line -> assertThat(line).contains("/no/such/program"));
    }

    @Test
    void aProgramThatEndsAtOnceIsNotStartedForEver() throws Exception {
        List<String> said = failToStart(List.of("false"));

        assertThat(said.get(0)).contains("ended with");
    }

    /** What master and workers printed; checks that the master says that it did not start, and leaves nobody. */
    private static List<String> failToStart(List<String> command) {
        Throwable failure = catchThrowable(
                () -> TestCluster.of(2, Duration.ofMillis(10), command).close());
        assertThat(failure)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the master did not start, failed: ")
                .hasMessageContaining("before it was ready, processes left: 0");
        List<String> said = failure.getMessage().lines().toList();
        assertThat(said).as("a user's mistake gives no stack trace").noneMatch(line -> line.startsWith("\tat "));
        return said;
    }
}
