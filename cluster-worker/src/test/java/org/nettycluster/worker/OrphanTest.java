package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.MasterLoss;
import org.nettycluster.protocol.Readiness;

/** Real worker processes, whose master is this one and says nothing more. */
@Timeout(120)
final class OrphanTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private FakeMaster master;
    private Process process;

    @BeforeEach
    void start() throws IOException {
        master = new FakeMaster();
    }

    @AfterEach
    void stop() throws Exception {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
        master.close();
    }

    @Test
    void orphanServesTheLastConnectionAndExitsWithItsOwnCode() throws Exception {
        FakeLane lane = spawn("ends", MasterLoss.DRAIN, LONG);
        try (WorkerFixture.Client client = new WorkerFixture.Client(master.address())) {
            long sequence = lane.offer(master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            lane.settle(sequence);
            master.die();
            assertThat(client.echo("still here")).isEqualTo("still here");
            assertThat(process.isAlive()).isTrue();
            client.say("bye");
            assertThat(client.read()).isEqualTo(-1);
        }
        assertThat(exit()).isEqualTo(ClusterWorker.MASTER_LOST_EXIT_CODE);
    }

    @ParameterizedTest
    @CsvSource({"ends, 83", "stays, 83", "exits, 7"})
    void orphanWithoutConnectionsEndsWhateverItsMainDoes(String main, int code) throws Exception {
        spawn(main, MasterLoss.DRAIN, LONG);
        master.die();
        assertThat(exit()).isEqualTo(code);
    }

    @Test
    void orphanWhoseConnectionNeverEndsIsGoneAfterItsDeadline() throws Exception {
        FakeLane lane = spawn("stays", MasterLoss.DRAIN, Duration.ofMillis(300));
        try (WorkerFixture.Client client = new WorkerFixture.Client(master.address())) {
            long sequence = lane.offer(master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            lane.settle(sequence);
            master.die();
            assertThat(client.read()).isEqualTo(-1);
            assertThat(exit()).isEqualTo(83);
        }
    }

    @Test
    void orphanWhoseShutdownHangsIsHalted() throws Exception {
        spawn("hangs", MasterLoss.DRAIN, Duration.ofMillis(100));
        long start = System.nanoTime();
        master.die();
        assertThat(exit()).isEqualTo(83);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(5));
    }

    @Test
    void orphanThatShallExitDoesNotWaitForItsConnections() throws Exception {
        FakeLane lane = spawn("stays", MasterLoss.EXIT, LONG);
        try (WorkerFixture.Client client = new WorkerFixture.Client(master.address())) {
            long sequence = lane.offer(master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            lane.settle(sequence);
            master.die();
            assertThat(exit()).isEqualTo(83);
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @Test
    void programWhoseOwnThreadsHaveEndedStillWaitsForTheExitCode() throws Exception {
        AtomicReference<Thread> last = new AtomicReference<>();
        Thread controlLoop = new Thread(() -> last.set(ProcessEnd.lastThread(() -> {}, "last")), "a daemon");
        controlLoop.setDaemon(true);
        controlLoop.start();
        controlLoop.join();
        assertThat(last.get().isDaemon()).isFalse();
    }

    private FakeLane spawn(String main, MasterLoss loss, Duration drainTimeout) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OrphanMain.class.getName(),
                        main))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        master.environment(Readiness.BIND, loss, drainTimeout).putInto(builder.environment());
        process = builder.start();
        return master.lane();
    }

    private int exit() throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it has ended").isTrue();
        return process.exitValue();
    }
}
