package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.WorkerProcess.State;
import org.nettycluster.master.supervise.WorkerExit;

/** Section 2: lives and deaths of workers. */
class LifecycleIT {
    private final History told = new History();

    @Upstream("test-cluster-worker-death")
    void anExitCodeIsToldToBoth() {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.shell("exit 42");
            assertThat(Cluster.get(worker.exit())).isEqualTo(new WorkerExit(42, null));
            cluster.events.await("exit 1 code 42");
        }
    }

    @Upstream("test-cluster-worker-exit")
    void aWorkerThatExitsByItselfIsToldOnceAndWithoutTheFlag() {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.fork("listen-exit", "42");
            cluster.events.await("exit 1 code 42");
            // It has not waited for its lane, so that it may be gone before it was told that it listens.
            assertThat(cluster.events.lines())
                    .filteredOn(line -> !line.startsWith("listening"))
                    .containsExactly("fork 1", "online 1", "disconnect 1", "exit 1 code 42");
            assertThat(worker.exitedAfterDisconnect()).isFalse();
            assertThat(worker.state()).isEqualTo(State.DEAD);
            assertThat(ProcessHandle.of(worker.pid())).isEmpty();
        }
    }

    @Upstream("test-cluster-worker-kill")
    void aKilledWorkerIsToldWithItsSignal() {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.fork("serve");
            cluster.events.await("listening 1");
            worker.kill(true);
            cluster.events.await("disconnect 1");
            cluster.events.await("exit 1 SIGKILL");
            assertThat(worker.exitedAfterDisconnect()).isFalse();
            assertThat(worker.isConnected()).isFalse();
        }
    }

    @Upstream("test-cluster-worker-kill-signal")
    void anySignalCanBeSentByItsName() {
        try (Cluster cluster = Cluster.start()) {
            cluster.master.onExit((worker, exit) -> told.add(exit.signal() + " " + cluster.master.workers()));
            WorkerProcess worker = cluster.shell("exec sleep 60");
            assertThatThrownBy(() -> worker.kill("SIGNONSENSE"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("NONSENSE");
            assertThatThrownBy(() -> worker.kill("KILL 1;")).isInstanceOf(IllegalArgumentException.class);
            assertThat(worker.kill("SIGUSR1")).isTrue();
            told.await("SIGUSR1");
            assertThat(told.lines()).containsExactly("SIGUSR1 []");
            assertThat(worker.kill("SIGTERM")).as("to whom").isFalse();
        }
    }

    @Upstream("test-cluster-worker-isdead")
    void deadIsWhoHasExited() {
        try (Cluster cluster = Cluster.start()) {
            cluster.master.onExit((worker, exit) -> told.add("" + worker.isDead()));
            WorkerProcess worker = cluster.shell("exec sleep 60");
            assertThat(worker.isDead()).isFalse();
            worker.kill(true);
            told.await("true");
            assertThat(told.lines()).containsExactly("true");
        }
    }

    @Upstream("test-cluster-worker-isconnected")
    void bothSidesKnowWhetherTheyAreConnected() {
        try (Cluster cluster = Cluster.start()) {
            cluster.master.onDisconnect(worker -> told.add("" + worker.isConnected()));
            Program program = cluster.program();
            cluster.events.await("online 1");
            assertThat(cluster.seen(program).isConnected()).isTrue();
            assertThat(program.worker.isConnected()).isTrue();
            program.worker.close();
            cluster.events.await("exit 1");
            assertThat(told.lines()).containsExactly("false");
            Cluster.until("the worker sees it, too", () -> !program.worker.isConnected());
        }
    }

    @Upstream("test-cluster-worker-forced-exit")
    void aProgramThatIsAskedToFinishChoosesItsExitCode() {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.fork("serve-then-exit", "42");
            cluster.events.await("listening 1");
            assertThat(Cluster.get(worker.disconnect())).isEqualTo(new WorkerExit(42, null));
            assertThat(worker.exitedAfterDisconnect()).isTrue();
        }
    }

    @Upstream("test-cluster-kill-infinite-loop")
    void aSignalReachesABusyWorkerAndAHangingHookDoesNotSaveIt() {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.fork("spin");
            cluster.events.await("listening 1");
            worker.kill("SIGTERM");
            cluster.lines.await("1 OUT hook");
            assertThat(worker.isDead()).isFalse();
            worker.kill("SIGKILL");
            cluster.events.await("exit 1 SIGKILL");
        }
    }

    @Upstream("test-cluster-uncaught-exception")
    void theMastersHandlerChoosesItsExitCodeRightAfterAFork(@TempDir Path directory) throws Exception {
        Process primary = Primary.start("throw-at-once", directory);
        assertThat(Primary.codeOf(primary)).isEqualTo(42);
    }

    @Upstream("test-cluster-kill-disconnect")
    void aWorkerThatDisconnectsItselfIsKnownToHaveWantedIt() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            cluster.master.onDisconnect(worker -> told.add("disconnect " + worker.exitedAfterDisconnect()));
            cluster.master.onExit((worker, exit) -> told.add("exit " + worker.exitedAfterDisconnect()));
            Program program = cluster.serving(0);
            try (Client client = Client.local(cluster.port())) {
                assertThat(client.worker()).isEqualTo(1);
                Cluster.get(program.worker.disconnect());
                assertThat(client.echo("alive")).isEqualTo("alive");
                assertThat(program.worker.isConnected())
                        .as("while its connections end")
                        .isTrue();
                assertThat(cluster.seen(program).isConnected()).isTrue();
            }
            told.await("exit");
            assertThat(told.lines()).containsExactly("disconnect true", "exit true");
        }
    }

    @Upstream("test-cluster-worker-destroy")
    void aKillBesideADisconnectIsFineAndEachEndIsToldOnce() {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.fork("serve");
            cluster.events.await("listening 1");
            worker.disconnect();
            worker.kill(false);
            cluster.events.await("exit 1");
            worker.kill(false);
            worker.disconnect();
            assertThat(cluster.events.of(1))
                    .filteredOn(line -> line.startsWith("disconnect") || line.startsWith("exit"))
                    .hasSize(2);
        }
    }

    @Upstream("test-cluster-call-and-destroy")
    void aKillInsideADisconnectEventIsFine() {
        try (Cluster cluster = Cluster.start()) {
            cluster.master.onDisconnect(worker -> {
                worker.kill(false);
                worker.kill("SIGKILL");
                told.add("killed");
            });
            cluster.fork("linger");
            cluster.events.await("exit 1");
            assertThat(told.lines()).containsExactly("killed");
            assertThat(cluster.events.of(1)).containsSubsequence(List.of("online 1", "disconnect 1"));
        }
    }
}
