package org.nettycluster.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.supervise.SlotState;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerExit;

/** What can be done to a fleet that runs, with real processes. */
@Timeout(60)
class FleetOperationsTest {
    private final LogRecorder log = new LogRecorder();
    private final Path home = Files.createTempDirectory(Path.of("/tmp"), "nc");
    private final Path mode = home.resolve("mode");
    private final ClusterMaster master;

    FleetOperationsTest() throws Exception {
        mode("serve");
        master = ClusterMaster.builder()
                .runDirectory(home.resolve("run"))
                .workers(2)
                .command(program())
                .backOff(Duration.ofMillis(10), Duration.ofMillis(50))
                .breaker(2, Duration.ofMinutes(1))
                .drainTimeout(Duration.ofSeconds(5))
                .output((worker, stream, text) -> {})
                .start();
        get(master.ready());
    }

    @AfterEach
    void close() throws IOException {
        master.close();
        log.close();
        assertThat(home.resolve("run/programs")).doesNotExist();
        Files.delete(mode);
        Files.delete(home.resolve("run/master.lock"));
        Files.delete(home.resolve("run"));
        Files.delete(home);
    }

    private WorkerCommand program() {
        return WorkerCommand.java(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                FakeWorkerMain.class.getName(),
                "file",
                mode.toString()));
    }

    /** What workers do that start from now on. */
    private void mode(String mode) throws IOException {
        Files.writeString(this.mode, mode);
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private InetSocketAddress address() {
        return master.addresses().iterator().next();
    }

    private String ask() throws IOException {
        try (Client client = new Client(address())) {
            return client.readAll();
        }
    }

    private List<String> generations() {
        return master.status().slots().stream()
                .map(slot -> slot.number() + "." + slot.generation() + " " + slot.state())
                .toList();
    }

    @Test
    void reloadReplacesEveryWorkerAndNobodyIsTurnedAway() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<String> answers = new CopyOnWriteArrayList<>();
        List<Exception> failures = new CopyOnWriteArrayList<>();
        InetSocketAddress address = address();
        Thread clients = new Thread(() -> {
            while (!over.get()) {
                try (Client client = new Client(address)) {
                    answers.add(client.readAll());
                } catch (Exception e) {
                    failures.add(e);
                }
            }
        });
        clients.start();
        List<String> steps = new CopyOnWriteArrayList<>();
        ReloadReport report = get(master.reload(ReloadOptions.defaults()
                .withBake(Duration.ofMillis(100))
                .withProgress(step -> steps.add(step.to() + " " + step.what()))));
        over.set(true);
        clients.join();
        assertThat(report.outcome()).isEqualTo(ReloadReport.Outcome.DONE);
        assertThat(report.reason()).isNull();
        assertThat(failures).isEmpty();
        assertThat(answers).doesNotContain("").contains("1.1", "1.2");
        assertThat(steps)
                .containsExactly(
                        "1.2 STARTING",
                        "1.2 READY",
                        "1.2 BAKING",
                        "1.2 DRAINING",
                        "1.2 DONE",
                        "2.2 STARTING",
                        "2.2 READY",
                        "2.2 DRAINING",
                        "2.2 DONE");
        assertThat(generations()).containsExactly("1.2 READY", "2.2 READY");
        assertThat(List.of(ask(), ask())).containsExactlyInAnyOrder("1.2", "2.2");
    }

    @Test
    void reloadToAVersionThatCrashesChangesNothingAndSaysWhy() throws Exception {
        List<Long> before = master.workers().stream().map(WorkerProcess::pid).toList();
        mode("exit 3");
        ReloadReport report = get(master.reload(ReloadOptions.defaults()));
        assertThat(report.outcome()).isEqualTo(ReloadReport.Outcome.ABORTED);
        assertThat(report.reason()).isEqualTo("worker 1.2 ended with code 3 before it was ready");
        assertThat(report.lastLines()).last().isEqualTo("this version is broken");
        assertThat(master.workers().stream().map(WorkerProcess::pid)).containsExactlyElementsOf(before);
        assertThat(master.status().slots().get(0).lastExit()).isEqualTo(new WorkerExit(3, null));
        assertThat(generations()).containsExactly("1.1 READY", "2.1 READY");
    }

    @Test
    void reloadToAVersionThatIsNeverReadyChangesNothing() throws Exception {
        mode("silent");
        CompletionStage<ReloadReport> reload =
                master.reload(ReloadOptions.defaults().withReadyTimeout(Duration.ofSeconds(2)));
        assertThatThrownBy(() -> get(master.scale(3)))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ChangeInProgressException.class)
                .hasMessageContaining("a reload is in progress since");
        ClusterStatus.Change change = master.status().change();
        assertThat(change).isNotNull();
        assertThat(change.what()).isEqualTo("reload");
        assertThat(generations()).containsExactly("1.1 READY", "2.1 READY");
        ClusterStatus.Slot first = master.status().slots().get(0);
        assertThat(first.pid()).isEqualTo(master.workers().get(0).pid());
        assertThat(first.predecessors())
                .extracting(beside -> beside.worker() + " " + beside.state())
                .containsExactly("1.2 STARTING");
        ReloadReport report = get(reload);
        assertThat(report.outcome()).isEqualTo(ReloadReport.Outcome.ABORTED);
        assertThat(report.reason()).isEqualTo("worker 1.2 was not ready within 2 s");
        Eventually.eventually("the silent one has ended", () -> master.workers().size() == 2);
        assertThat(List.of(ask(), ask())).containsExactlyInAnyOrder("1.1", "2.1");
    }

    @Test
    void fleetGrowsAndShrinks() throws Exception {
        get(master.scale(3));
        assertThat(generations()).containsExactly("1.1 READY", "2.1 READY", "3.1 READY");
        assertThat(new TreeSet<>(List.of(ask(), ask(), ask()))).containsExactly("1.1", "2.1", "3.1");
        get(master.scale(1));
        assertThat(generations()).containsExactly("1.1 READY");
        assertThat(List.of(ask(), ask())).containsExactly("1.1", "1.1");
        assertThatThrownBy(() -> get(master.scale(0))).hasMessageContaining("workers 0 must be 1 to 512");
    }

    @Test
    void growthThatFailsLeavesTheFleetAsItWas() throws Exception {
        mode("exit 4");
        assertThatThrownBy(() -> get(master.scale(3)))
                .cause()
                .isInstanceOfSatisfying(ChangeFailedException.class, failure -> {
                    assertThat(failure)
                            .hasMessage("can't scale to 3: worker 3.1 ended with code 4 before it was ready");
                    assertThat(failure.lastLines()).last().isEqualTo("this version is broken");
                });
        assertThat(generations()).containsExactly("1.1 READY", "2.1 READY");
    }

    @Test
    void oneWorkerIsRestartedAlone() throws Exception {
        List<String> steps = new CopyOnWriteArrayList<>();
        assertThat(get(master.restart(2, step -> steps.add(step.from() + " -> " + step.to() + " " + step.what())))
                        .outcome())
                .isEqualTo(ReloadReport.Outcome.DONE);
        assertThat(steps)
                .containsExactly("2.1 -> 2.2 STARTING", "2.1 -> 2.2 READY", "2.1 -> 2.2 DRAINING", "null -> 2.2 DONE");
        assertThat(generations()).containsExactly("1.1 READY", "2.2 READY");
        assertThatThrownBy(() -> get(master.restart(7)))
                .hasMessageContaining("there is no slot 7: the fleet has 1 to 2");
    }

    @Test
    void pausedWorkerGetsNothingUntilItIsResumed() throws Exception {
        get(master.pause(1));
        assertThat(master.status().slots().get(0).paused()).isTrue();
        assertThat(List.of(ask(), ask(), ask())).containsOnly("2.1");
        get(master.resume(1));
        assertThat(List.of(ask(), ask(), ask())).contains("1.1");
        assertThat(master.status().slots().get(0).paused()).isFalse();
    }

    @Test
    void slotThatIsKilledTooOftenGivesUpAndRestartHealsIt() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        master.listen(new ClusterEvents() {
            @Override
            public void restarting(int slot, WorkerExit exit, Duration delay) {
                told.add("restarting " + slot + " after " + exit);
            }

            @Override
            public void gaveUp(int slot, WorkerExit exit, int crashes) {
                told.add("gave up " + slot + " after " + crashes);
            }
        });
        get(master.kill(1));
        Eventually.eventually("a successor", () -> generations().contains("1.2 READY"));
        get(master.kill(1));
        Eventually.eventually("the breaker", () -> generations().contains("1.2 GAVE_UP"));
        assertThat(told).containsExactly("restarting 1 after SIGKILL", "gave up 1 after 2");
        List<ClusterStatus.Slot> slots = master.status().slots();
        assertThat(List.of(slots.get(0).restarts(), slots.get(1).restarts())).containsExactly(2, 0);
        assertThat(slots.get(0).lastLines()).contains("worker 1.1 serves", "worker 1.2 serves");
        assertThatThrownBy(() -> get(master.kill(1))).hasMessageContaining("nobody has that seat now");
        assertThat(ask()).isEqualTo("2.1");
        log.awaitWarning("slot 1 has crashed 2 times");
        get(master.restart(1));
        assertThat(generations()).containsExactly("1.3 READY", "2.1 READY");
    }

    @Test
    void statusShowsWhoServesAndHowMuch() throws Exception {
        for (int i = 0; i < 4; i++) {
            ask();
        }
        ClusterStatus status = master.status();
        assertThat(status.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(status.change()).isNull();
        assertThat(status.listeners()).hasSize(1);
        assertThat(status.listeners().get(0).counters().accepted()).isEqualTo(4);
        for (ClusterStatus.Slot slot : status.slots()) {
            assertThat(slot.state()).isEqualTo(SlotState.READY);
            assertThat(slot.traffic().adopted()).isEqualTo(2);
            assertThat(slot.readySince()).isNotNull();
            assertThat(slot.pid()).isPositive();
            assertThat(slot.predecessors()).isEmpty();
        }
    }

    @Test
    void stopDuringAReloadEndsBoth() throws Exception {
        mode("silent");
        CompletionStage<ReloadReport> reload = master.reload(ReloadOptions.defaults());
        get(master.stop());
        assertThat(get(reload).reason()).isEqualTo("the cluster is stopping");
        assertThat(master.workers()).isEmpty();
        assertThat(master.status().slots()).isEmpty();
        List<CompletionStage<?>> late = new ArrayList<>(List.of(master.scale(1), master.pause(1)));
        late.forEach(stage -> assertThatThrownBy(() -> get(stage)).hasMessageContaining("stop"));
    }
}
