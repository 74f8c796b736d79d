package org.nettycluster.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Drained;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.WorkerEnvironment;

/** Stop, which serves what was promised, and close, which waits for nobody: what is left, and who is told. */
class ClusterMasterEndTest extends ClusterMasterFixture {
    ClusterMasterEndTest() throws IOException {}

    private static Collection<String> ourThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("ncluster-"))
                .toList();
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
}
