package org.nettycluster.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Drained;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.WorkerEnvironment;

@Timeout(60)
class ClusterMasterTest {
    private final LogRecorder log = new LogRecorder();
    private final Path home = Files.createTempDirectory(Path.of("/tmp"), "nc");
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<ClusterMaster> masters = new ArrayList<>();

    ClusterMasterTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        masters.forEach(ClusterMaster::close);
        log.close();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private ClusterMaster.Builder builder() {
        return ClusterMaster.builder()
                .runDirectory(home.resolve("run"))
                .drainTimeout(Duration.ofMillis(500))
                .output((worker, stream, text) -> lines.add(worker + ": " + text));
    }

    private ClusterMaster start(ClusterMaster.Builder builder) throws IOException {
        ClusterMaster master = builder.start();
        masters.add(master);
        master.listen(new Recorder());
        return master;
    }

    private final class Recorder implements ClusterEvents {
        @Override
        public void fork(WorkerProcess worker) {
            events.add("fork " + worker.id());
        }

        @Override
        public void online(WorkerProcess worker) {
            events.add("online " + worker.id());
        }

        @Override
        public void listening(WorkerProcess worker, InetSocketAddress address) {
            events.add("listening " + worker.id());
        }

        @Override
        public void disconnect(WorkerProcess worker) {
            events.add("disconnect " + worker.id());
        }

        @Override
        public void exit(WorkerProcess worker, WorkerExit exit) {
            events.add("exit " + worker.id() + " " + exit);
        }
    }

    /** A JVM that speaks the protocol from the test tree. */
    private static WorkerCommand jvm(String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                FakeWorkerMain.class.getName()));
        line.addAll(List.of(arguments));
        return WorkerCommand.java(line);
    }

    private static WorkerCommand shell(String script) {
        return WorkerCommand.of(List.of("sh", "-c", script));
    }

    private List<String> nextEvents(int count) throws InterruptedException {
        List<String> next = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            next.add(String.valueOf(events.poll(20, TimeUnit.SECONDS)));
        }
        return next;
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static InetSocketAddress address(ClusterMaster master) {
        return master.addresses().iterator().next();
    }

    private static Collection<String> ourThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("ncluster-"))
                .toList();
    }

    @Test
    void eventsComeInNodesOrderAndAskedToDisconnectItExitsByItself() throws Exception {
        ClusterMaster master = start(builder());
        WorkerProcess worker = master.fork(jvm("serve"));
        assertThat(nextEvents(3)).containsExactly("fork 1", "online 1", "listening 1");
        assertThat(worker.isConnected()).isTrue();
        assertThat(worker.pid()).isPositive();
        assertThat(master.workers()).containsExactly(worker);
        InetSocketAddress address = address(master);
        try (Client client = new Client(address)) {
            assertThat(client.readAll()).isEqualTo("1");
        }
        // The client hears the answer before the master hears the doorbell.
        Eventually.eventually(
                "the claim is counted", () -> master.counters(address).claimed() == 1);
        // Newer JVMs print warnings of their own before.
        Eventually.eventually("its line", () -> lines.contains("1: worker 1 serves"));

        assertThat(get(worker.disconnect())).isEqualTo(new WorkerExit(0, null));
        assertThat(nextEvents(2)).containsExactly("disconnect 1", "exit 1 code 0");
        assertThat(List.of(worker.isDead(), worker.isConnected(), worker.exitedAfterDisconnect()))
                .containsExactly(true, false, true);
        assertThat(master.workers()).isEmpty();
        assertThat(master.addresses()).isEmpty();
        assertThat(master.counters(address).accepted()).isZero();
        assertThatThrownBy(() -> new Client(address)).isInstanceOf(ConnectException.class);
    }

    @Test
    void workerKilledAtWorkIsToldAndNotReplaced() throws Exception {
        ClusterMaster master = start(builder());
        WorkerProcess worker = master.fork(jvm("serve"));
        assertThat(nextEvents(3)).hasSize(3);
        worker.kill(true);
        assertThat(nextEvents(2)).containsExactly("disconnect 1", "exit 1 SIGKILL");
        assertThat(worker.exitedAfterDisconnect()).isFalse();
        // Its listener waits for a successor, under the next number.
        InetSocketAddress address = address(master);
        try (Client waiting = new Client(address)) {
            master.fork(jvm("serve"));
            assertThat(waiting.readAll()).isEqualTo("2");
        }
    }

    @Test
    void endBeforeTheHelloIsAnExitWithoutDisconnect() throws Exception {
        ClusterMaster master = start(builder());
        WorkerProcess worker = master.fork(shell("exit 3"));
        assertThat(nextEvents(2)).containsExactly("fork 1", "exit 1 code 3");
        assertThat(get(worker.exit()).code()).isEqualTo(3);
    }

    @Test
    void listenerMayForkInAnExit() throws Exception {
        ClusterMaster master = start(builder());
        master.onExit((worker, exit) -> {
            if (worker.id().number() < 3) {
                master.fork(shell("exit 0"));
            }
        });
        master.fork(shell("exit 0"));
        assertThat(nextEvents(6))
                .containsExactly("fork 1", "exit 1 code 0", "fork 2", "exit 2 code 0", "fork 3", "exit 3 code 0");
    }

    @Test
    void listenerThatFailsHarmsNobody() throws Exception {
        ClusterMaster master = builder().start();
        masters.add(master);
        master.onFork(worker -> {
            throw new AssertionError("no exception, but an error");
        });
        master.onExit((worker, exit) -> {
            throw new IllegalStateException("on purpose");
        });
        master.listen(new Recorder());
        master.fork(shell("exit 0"));
        assertThat(nextEvents(2)).containsExactly("fork 1", "exit 1 code 0");
        get(master.stop());
        log.awaitWarning("a listener of cluster events failed");
    }

    @Test
    void outputThatFailsDoesNotCloseTheWorkersPipe() throws Exception {
        ClusterMaster master = start(builder().output((worker, stream, text) -> {
            if (text.equals("bad")) {
                throw new IllegalStateException("on purpose");
            }
            lines.add(text);
        }));
        master.fork(shell("echo bad; echo good"));
        assertThat(lines.poll(10, TimeUnit.SECONDS)).isEqualTo("good");
        log.awaitWarning("output of worker 1 was lost");
    }

    @Test
    void grandchildThatHoldsThePipesDelaysTheExitByTheBoundOnly() throws Exception {
        ClusterMaster master = start(builder());
        long start = System.nanoTime();
        master.fork(shell("sleep 30 & echo $!; exit 0"));
        assertThat(nextEvents(2)).containsExactly("fork 1", "exit 1 code 0");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        String line = String.valueOf(lines.poll(10, TimeUnit.SECONDS));
        ProcessHandle.of(Long.parseLong(line.substring(3))).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void admittedWorkerServesAndItsDisconnectIsItsEnd() throws Exception {
        ClusterMaster master = start(builder());
        WorkerEnvironment role = master.admit();
        FakeWorker worker = FakeWorker.online(role);
        Listening listening = worker.listen(new InetSocketAddress("127.0.0.1", 0));
        FakeLane lane = worker.lane(listening);
        assertThat(nextEvents(2)).containsExactly("online 1", "listening 1");
        try (Client client = new Client(listening.address())) {
            lane.serve("admitted");
            assertThat(client.readAll()).isEqualTo("admitted");
        }
        worker.close();
        assertThat(nextEvents(2)).containsExactly("disconnect 1", "exit 1 code 0");
        lane.awaitClosed();
        assertThat(master.workers()).isEmpty();
    }

    @Test
    void admittedWorkerIsAskedToFinishAndForgottenWhenItDoesNot() throws Exception {
        ClusterMaster master = start(builder());
        FakeWorker polite = FakeWorker.online(master.admit());
        master.admit();
        CompletionStage<Void> stopped = master.stop();
        assertThat(polite.next(Drain.class).deadlineMillis()).isEqualTo(500);
        polite.say(new Drained(), new Drained());
        polite.close();
        get(stopped);
        assertThatThrownBy(master::admit)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stop");
    }

    @Test
    void workerThatSaysReadyTooEarlyAndTooOftenIsNoHarm() throws Exception {
        ClusterMaster master = start(builder());
        FakeWorker worker = FakeWorker.online(master.admit());
        worker.say(new Ready(), new Ready());
        worker.listen(new InetSocketAddress("127.0.0.1", 0));
        worker.close();
        assertThat(nextEvents(3)).containsExactly("online 1", "disconnect 1", "exit 1 code 0");
    }

    @Test
    void fleetIsReadyAndSuccessorsFollow() throws Exception {
        ClusterMaster master = start(builder().workers(2).command(jvm("serve")).restartDelay(Duration.ofMillis(10)));
        get(master.ready());
        InetSocketAddress address = address(master);
        WorkerProcess victim = master.workers().get(0);
        int slot = victim.id().number();
        victim.kill(true);
        get(victim.exit());
        Eventually.eventually("a successor listens", () -> events.contains("listening " + slot + ".2"));
        Set<String> served = new HashSet<>();
        // One that listens has not said yet that it wants connections.
        for (int i = 0; i < 100 && served.size() < 2; i++) {
            try (Client client = new Client(address)) {
                served.add(client.readAll());
            }
        }
        assertThat(served).containsExactlyInAnyOrder(slot + ".2", (3 - slot) + ".1");
        get(master.stop());
        assertThat(master.workers()).isEmpty();
    }

    @Test
    void fleetThatCannotStartSaysSo() throws Exception {
        ClusterMaster master = start(builder().workers(2).command(shell("exit 9")));
        assertThatThrownBy(() -> get(master.ready()))
                .hasRootCauseInstanceOf(ClusterStartException.class)
                .hasMessageContaining("ended with code 9 before it was ready");
        get(master.stop());
    }

    @Test
    void fleetWhoseProgramIsMissingSaysSo() throws Exception {
        ClusterMaster master = start(builder().workers(1).command(WorkerCommand.of(List.of("/no/such"))));
        assertThatThrownBy(() -> get(master.ready())).hasMessageContaining("ended with code 127");
        log.awaitWarning("there is no program /no/such");
    }

    @Test
    void forkOfAMissingProgramFailsAndLeavesNothing() throws Exception {
        ClusterMaster master = start(builder());
        assertThatThrownBy(() -> master.fork(WorkerCommand.of(List.of("/no/such"))))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("there is no program /no/such");
        assertThat(master.workers()).isEmpty();
        master.fork(shell("exit 0"));
        assertThat(nextEvents(2)).containsExactly("fork 2", "exit 2 code 0");
    }

    @Test
    void forkWithoutACommandSaysWhatToDo() throws Exception {
        ClusterMaster master = start(builder());
        assertThatThrownBy(master::fork)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this master has no command: give one to fork, or to the builder");
    }

    @Test
    void stopWhileWorkersStartEndsThem() throws Exception {
        ClusterMaster master = start(builder().workers(2).command(jvm("serve")));
        get(master.stop());
        assertThat(master.workers()).isEmpty();
        assertThat(events.stream().filter(each -> each.startsWith("exit")).count())
                .isEqualTo(
                        events.stream().filter(each -> each.startsWith("fork")).count());
    }

    @Test
    void stopServesWhatTheKernelHasPromised() throws Exception {
        ClusterMaster master = start(builder());
        FakeWorker worker = FakeWorker.online(master.admit());
        Listening listening = worker.listen(new InetSocketAddress("127.0.0.1", 0));
        FakeLane lane = worker.lane(listening);
        lane.wants(false);
        try (Client promised = new Client(listening.address())) {
            CompletionStage<Void> stopped = master.stop();
            lane.wants(true);
            lane.serve("promised");
            assertThat(promised.readAll()).isEqualTo("promised");
            worker.next(Drain.class);
            worker.close();
            get(stopped);
        }
        assertThatThrownBy(() -> new Client(listening.address())).isInstanceOf(ConnectException.class);
    }

    @Test
    void closeWaitsForNobody() throws Exception {
        ClusterMaster master = start(builder());
        WorkerProcess worker = master.fork(jvm("stubborn"));
        nextEvents(3);
        master.close();
        assertThat(worker.isDead()).isTrue();
        assertThat(nextEvents(2)).containsExactly("disconnect 1", "exit 1 SIGKILL");
    }

    @Test
    void closeAndStopMayBeCalledInEveryOrderAndOften() throws Exception {
        ClusterMaster first = start(builder());
        first.close();
        first.close();
        get(first.stop());
        ClusterMaster second = start(builder());
        CompletionStage<Void> stopped = second.stop();
        second.close();
        get(stopped);
        get(second.stop());
        second.close();
        ClusterMaster third = start(builder());
        CompletableFuture<Void> others = CompletableFuture.allOf(
                CompletableFuture.runAsync(third::close),
                CompletableFuture.runAsync(third::close),
                CompletableFuture.runAsync(third::stop));
        third.stop();
        get(others);
        third.close();
    }

    @Test
    void stoppedMasterAnswersInsteadOfFailing() throws Exception {
        ClusterMaster master = start(builder());
        master.close();
        assertThat(master.addresses()).isEmpty();
        assertThat(master.workers()).isEmpty();
        assertThat(master.counters(new InetSocketAddress("127.0.0.1", 1)).accepted())
                .isZero();
        assertThatThrownBy(() -> master.fork(shell("exit 0"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(master::admit).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closeInAListenerIsRefusedAndStopIsNot() throws Exception {
        ClusterMaster master = start(builder());
        CompletableFuture<String> refusal = new CompletableFuture<>();
        CompletableFuture<CompletionStage<Void>> stop = new CompletableFuture<>();
        master.onExit((worker, exit) -> {
            try {
                master.close();
                refusal.complete("none");
            } catch (IllegalStateException e) {
                refusal.complete(e.getMessage());
            }
            stop.complete(master.stop());
        });
        master.fork(shell("exit 0"));
        assertThat(get(refusal)).contains("in a listener of events, call stop");
        get(get(stop));
    }

    @Test
    void stopLeavesNothing() throws Exception {
        // Once before, so that what is loaded and opened for ever is not counted.
        for (int round = 0; round < 2; round++) {
            int sockets = OpenFiles.sockets();
            // A deadline that nobody needs must not keep the supervisor.
            ClusterMaster master = start(builder().drainTimeout(Duration.ofMinutes(1)));
            master.fork(jvm("serve"));
            WorkerEnvironment role = master.admit();
            FakeWorker admitted = FakeWorker.online(role);
            FakeLane lane = admitted.lane(admitted.listen(new InetSocketAddress("127.0.0.1", 0)));
            Eventually.eventually(
                    "the fork listens",
                    () -> events.stream()
                            .anyMatch(each -> each.startsWith("listening") && !each.endsWith(" " + role.worker())));
            events.clear();
            Client client = new Client(address(master));
            CompletionStage<Void> stopped = master.stop();
            admitted.close();
            lane.close();
            get(stopped);
            client.close();
            assertThat(master.runDirectory().resolve("control.sock")).doesNotExist();
            Eventually.eventually(
                    "no threads of ours but " + ourThreads(), () -> ourThreads().isEmpty());
            if (round > 0) {
                Eventually.eventually("no more sockets than before", () -> OpenFiles.sockets() <= sockets);
                assertThat(OpenFiles.targets())
                        .noneMatch(target -> target.startsWith(home.toString()))
                        .noneMatch(target -> target.contains("ncluster-page-"));
            }
        }
    }

    @Test
    void secondMasterInTheSameDirectoryIsRefusedAndTheFirstGoesOn() throws Exception {
        ClusterMaster master = start(builder());
        assertThatThrownBy(() -> builder().start())
                .isInstanceOf(ClusterStartException.class)
                .hasMessageContaining(
                        "another master (pid " + ProcessHandle.current().pid());
        FakeWorker.online(master.admit()).close();
        assertThat(nextEvents(1)).containsExactly("online 1");
    }

    @Test
    void environmentOfAnAdmittedWorkerIsComplete() throws Exception {
        ClusterMaster master = start(builder());
        Map<String, String> environment = new HashMap<>();
        master.admit().putInto(environment);
        assertThat(environment)
                .contains(
                        entry("NCLUSTER_WORKER", "1"),
                        entry(
                                "NCLUSTER_SOCKET",
                                master.runDirectory().resolve("control.sock").toString()));
    }

    @Test
    void settingsOutOfRangeNameTheLimit() {
        assertThatThrownBy(() -> builder().workers(513)).hasMessage("workers 513 must be 0 to 512");
        assertThatThrownBy(() -> builder().window(65)).hasMessage("window 65 must be 1 to 64");
        assertThatThrownBy(() -> builder().window(0)).hasMessage("window 0 must be 1 to 64");
        assertThatThrownBy(() -> builder().rescueAfter(Duration.ZERO)).hasMessageContaining("must be >= 1 ms");
        assertThatThrownBy(() -> builder().restartDelay(Duration.ofMillis(-1))).hasMessageContaining("must be >= 0");
        assertThatThrownBy(() -> builder().name("a/b")).hasMessageContaining("name 'a/b' must be");
        assertThatThrownBy(() -> builder().workers(1).start()).hasMessage("a fleet of 1 workers needs a command");
    }
}
