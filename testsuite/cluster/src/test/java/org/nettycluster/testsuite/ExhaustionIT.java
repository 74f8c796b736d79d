package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kernel says no: to accept, to receive a descriptor, to send one. Clients wait, and none is lost. */
@SuppressWarnings("try") // What is opened for its effect alone is never named again.
class ExhaustionIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final boolean SOAK = Boolean.getBoolean("ncluster.soak");

    private static TestCluster cluster;
    private List<Long> baseline;

    @BeforeAll
    static void start() throws IOException {
        // What a stopped worker is offered stays with it, so that a test decides how much is on its way.
        cluster = TestCluster.http(4, Duration.ofSeconds(2));
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @BeforeEach
    void idle() {
        cluster.meet(cluster.workers());
        baseline = Baseline.of(cluster);
    }

    @Test
    void emfileInTheMasterPausesAcceptingAndLosesNobody() {
        try (Burst burst = Burst.of(cluster.client(), 64)) {
            // Stopped workers claim nothing, so that the master holds what it accepts: up to 32, and it may have 10.
            List<Long> workers = cluster.workers();
            workers.forEach(Proc::stop);
            try (FileLimit limit = FileLimit.leaving(cluster.masterPid(), 10)) {
                burst.go();
                awaitLog("can't accept on");
                long ticks = Proc.cpuTicks(cluster.masterPid());
                Await.pass(Duration.ofMillis(500));
                assertThat(Proc.cpuTicks(cluster.masterPid()) - ticks)
                        .as("ticks of 10 ms that it spent on trying, in half a second")
                        .isLessThan(10);
                workers.forEach(Proc::resume);
                assertThat(Answer.failed(burst.answers())).as(cluster.printed()).isEmpty();
            } finally {
                workers.forEach(Proc::resume);
            }
        }
        Baseline.returns(cluster, baseline);
        assertThat(cluster.counters().abandoned()).isZero();
    }

    @Test
    void emfileInAWorkerOffersElsewhere() throws IOException {
        long poor = cluster.workers().get(0);
        long givenBack = givenBack(cluster.counters());
        List<KeepAlive> open = new ArrayList<>();
        List<Long> pids = new ArrayList<>();
        try (FileLimit limit = FileLimit.leaving(poor, 3)) {
            for (int i = 0; i < 40; i++) {
                KeepAlive connection = new KeepAlive(cluster.address());
                open.add(connection);
                pids.add(connection.pid());
            }
            assertThat(pids.stream().filter(pid -> pid == poor).count())
                    .as("connections of the worker with three descriptors left")
                    .isBetween(1L, 3L);
            // The worker says first that it wants no more, and the master may be quicker to take back than it to
            // refuse.
            assertThat(givenBack(cluster.counters()))
                    .as("given back: %s%s", cluster.counters(), cluster.printed())
                    .isGreaterThan(givenBack);
        } finally {
            for (KeepAlive each : open) {
                each.close();
            }
        }
        awaitLog("lost a connection on its way here");
        Baseline.returns(cluster, baseline);
        // Its limit is as before, and it serves as before.
        cluster.meet(cluster.workers());
    }

    @Test
    void workerKeepsDescriptorsForItsProgramAndTakesMoreAsSoonAsOthersEnd() throws IOException {
        int limit = 200;
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -n " + limit + " && exec \"$@\"", "sh"));
        command.addAll(Programs.HTTP.worker(1, 1, List.of()));
        List<KeepAlive> open = new ArrayList<>();
        try (TestCluster poor = TestCluster.of(1, Duration.ofMillis(10), command)) {
            poor.meet(poor.workers());
            long pid = poor.workers().get(0);
            for (int i = 0; i < limit; i++) {
                KeepAlive connection = new KeepAlive(poor.address());
                open.add(connection);
                connection.send("/");
            }
            Await.until(
                    PATIENCE,
                    () -> "it says so" + poor.printed(),
                    () -> poor.log().stream().anyMatch(line -> line.contains("takes no more connections until")));
            TestCluster.Counters counters = poor.counters();
            assertThat(Proc.descriptors(pid).size())
                    .as("descriptors of %s that a worker keeps free, but for a window of 8", limit)
                    .isLessThanOrEqualTo(limit - 32 + 8);
            assertThat(counters.claimed()).isLessThan(limit).isGreaterThan(limit / 2);
            assertThat(counters.refused()).as(poor.printed()).isZero();
            // The first have their answers, and go; who waited has his soon behind.
            for (KeepAlive each : open) {
                each.receive();
                each.close();
            }
            assertThat(poor.log()).noneMatch(line -> line.contains("lost a connection"));
        } finally {
            for (KeepAlive each : open) {
                each.close();
            }
        }
    }

    /** The limit is one for each user and not for each process, so a neighbour can use it up. */
    @Test
    void etoomanyrefsPausesAndRecovers() throws IOException {
        assumeFalse(Proc.isRoot(), "the kernel's limit on descriptors in flight never meets root");
        try (Burst burst = Burst.of(cluster.client(), 32);
                FileLimit limit = FileLimit.leaving(cluster.masterPid(), 64)) {
            long most = Long.parseLong(Proc.openFilesLimit(cluster.masterPid()));
            try (DescriptorsInFlight neighbour = new DescriptorsInFlight(most + 64)) {
                burst.go();
                awaitLog("can't pass a connection to worker");
            }
            assertThat(Answer.failed(burst.answers())).as(cluster.printed()).isEmpty();
        }
        Baseline.returns(cluster, baseline);
    }

    @Test
    void sendmsgThatFailsForAWhileDelaysAndLosesNobody() throws IOException {
        try (TestCluster usual = TestCluster.http(4)) {
            usual.meet(usual.workers());
            List<Long> before = Baseline.of(usual);
            for (String error : SOAK ? List.of("ETOOMANYREFS", "ENOBUFS", "EAGAIN") : List.of("ENOBUFS", "EAGAIN")) {
                try (Strace trace = Strace.attach(
                                usual.masterPid(),
                                "-e",
                                "trace=sendmsg",
                                "-e",
                                "inject=sendmsg:error=" + error + ":when=5..24");
                        Burst burst = Burst.of(usual.client(), 64)) {
                    burst.go();
                    List<Answer> answers = burst.answers();
                    System.out.println("sendmsg fails with " + error + " 20 times: " + Answer.times(answers));
                    assertThat(Answer.failed(answers)).as(usual.printed()).isEmpty();
                }
            }
            Baseline.returns(usual, before);
            assertThat(usual.counters().claimed()).isEqualTo(usual.counters().accepted());
        }
    }

    /** Netty tells nobody, so the worker must find out: else its lane would be stuck with its cells for ever. */
    @Test
    void epollThatTakesNoSocketInAWorkerDelaysAndLosesNobody() throws IOException {
        try (TestCluster usual = TestCluster.http(1)) {
            usual.meet(usual.workers());
            List<Long> before = Baseline.of(usual);
            try (Strace trace = Strace.attach(
                            usual.workers().get(0),
                            "-e",
                            "trace=epoll_ctl",
                            "-e",
                            "inject=epoll_ctl:error=ENOSPC:when=1..6");
                    Burst burst = Burst.of(usual.client(), 32)) {
                burst.go();
                List<Answer> answers = burst.answers();
                System.out.println("epoll_ctl fails with ENOSPC 6 times for each loop: " + Answer.times(answers));
                assertThat(Answer.failed(answers)).as(usual.printed()).isEmpty();
            }
            Baseline.returns(usual, before);
        }
    }

    private static long givenBack(TestCluster.Counters counters) {
        return counters.refused() + counters.revoked();
    }

    private static void awaitLog(String text) {
        Await.until(
                PATIENCE,
                () -> "somebody says '" + text + "'" + cluster.printed(),
                () -> cluster.log().stream().anyMatch(line -> line.contains(text)));
    }
}
