package org.nettycluster.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.master.supervise.SlotState;
import org.nettycluster.master.supervise.WorkerCommand;

/** A fleet of two whose second worker never gets ready, with real processes. */
@Timeout(60)
class FleetIncompleteTest {
    private final LogRecorder log = new LogRecorder();
    private final Path mode;
    private final ClusterMaster master;

    FleetIncompleteTest(@TempDir Path home) throws Exception {
        mode = Files.writeString(home.resolve("mode"), "serve\nsilent\n");
        master = ClusterMaster.builder()
                .runDirectory(home.resolve("r"))
                .workers(2)
                .command(WorkerCommand.java(List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FakeWorkerMain.class.getName(),
                        "file",
                        mode.toString())))
                .backOff(Duration.ofMillis(10), Duration.ofMillis(50))
                .breaker(2, Duration.ofMinutes(1))
                .output((worker, stream, text) -> {})
                .start();
        Eventually.eventually("the first serves", () -> state(1) == SlotState.READY && printed(2, 1));
    }

    @AfterEach
    void close() {
        master.close();
        log.close();
    }

    private SlotState state(int slot) {
        return master.status().slots().get(slot - 1).state();
    }

    private boolean printed(int slot, int generation) {
        return master.status()
                .slots()
                .get(slot - 1)
                .lastLines()
                .contains("worker " + slot + "." + generation + " serves");
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void readyFailsNamingTheSlotThatGaveUpAndTheOthersServeOnUntilItIsRestarted() throws Exception {
        get(master.kill(2));
        Eventually.eventually("a successor", () -> printed(2, 2));
        get(master.kill(2));

        assertThatThrownBy(() -> get(master.ready()))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .hasMessage("slot 2 has crashed 2 times (limit breaker), last with SIGKILL, before the fleet was"
                        + " complete; last line: worker 2.2 serves: the others serve on; mend the program, then"
                        + " restart slot 2 or reload")
                .isInstanceOfSatisfying(
                        FleetIncompleteException.class,
                        failure -> assertThat(failure.slot()).isEqualTo(2));
        log.awaitWarning("slot 2 has crashed 2 times");
        try (Client client = new Client(master.addresses().iterator().next())) {
            assertThat(client.readAll()).isEqualTo("1.1");
        }
        Files.writeString(mode, "serve");
        assertThat(get(master.restart(2)).outcome()).isEqualTo(ReloadReport.Outcome.DONE);
        assertThat(List.of(state(1), state(2))).containsOnly(SlotState.READY);
    }

    @Test
    void readyFailsIfTheClusterIsStoppedBefore() throws Exception {
        CompletionStage<Void> ready = master.ready();
        get(master.stop());
        assertThatThrownBy(() -> get(ready))
                .hasCauseInstanceOf(ClusterStartException.class)
                .hasMessageContaining("the cluster was stopped before its fleet was complete");
    }
}
