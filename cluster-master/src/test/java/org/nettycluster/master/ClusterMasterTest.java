package org.nettycluster.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerExit;

class ClusterMasterTest extends ClusterMasterFixture {
    ClusterMasterTest() throws IOException {}

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
