package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.master.ClusterEvents;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.WorkerProcess.State;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.worker.ClusterWorker;

/** Section 1: what a fork is told, and what is told of it. */
class SettingsIT {
    private final History told = new History();

    private static WorkerCommand shell(String script, String... arguments) {
        return WorkerCommand.of(List.of("sh", "-c", script, "sh")).withArguments(arguments);
    }

    @Upstream("test-cluster-basic")
    void aLifeIsToldStepByStepWithTheStateOfEach() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            cluster.master.listen(new States());
            WorkerProcess worker = cluster.fork("serve");
            assertThat(worker.id().number()).isEqualTo(1);
            cluster.events.await("listening 1");
            assertThat(worker.kill("SIGTERM")).isTrue();
            told.await("DEAD");

            assertThat(cluster.events.lines())
                    .containsExactly("fork 1", "online 1", "listening 1", "disconnect 1", "exit 1 SIGTERM");
            assertThat(told.lines())
                    .containsExactly("STARTED", "ONLINE", "LISTENING 127.0.0.1", "DISCONNECTED", "DEAD SIGTERM");
            assertThat(ClusterWorker.isWorker()).as("the master itself").isFalse();
        }
    }

    private final class States implements ClusterEvents {
        @Override
        public void fork(WorkerProcess worker) {
            told.add("" + worker.state());
        }

        @Override
        public void online(WorkerProcess worker) {
            told.add("" + worker.state());
        }

        @Override
        public void listening(WorkerProcess worker, InetSocketAddress address) {
            assertThat(address.getPort()).isPositive();
            told.add(worker.state() + " " + address.getAddress().getHostAddress());
        }

        @Override
        public void disconnect(WorkerProcess worker) {
            told.add("" + worker.state());
        }

        @Override
        public void exit(WorkerProcess worker, WorkerExit exit) {
            told.add(worker.state() + " " + exit.signal());
        }
    }

    @Upstream("test-cluster-worker-constructor")
    void aWorkerBeginsWithAnIdAndAStateAndNoFlag() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.shell("exec sleep 60");
            assertThat(worker.id().toString()).isEqualTo("1");
            assertThat(worker.state()).isEqualTo(State.STARTED);
            assertThat(worker.pid()).isPositive();
            assertThat(List.of(worker.isConnected(), worker.isDead(), worker.exitedAfterDisconnect()))
                    .containsOnly(false);
        }
    }

    @Upstream("test-cluster-setup-primary")
    void argumentsReachTheWorkerAndWhatItPrintsReachesUs() throws Exception {
        WorkerCommand command = shell("echo \"$@\"", "custom", "argument");
        try (Cluster cluster = Cluster.start(builder -> builder.command(command))) {
            WorkerProcess worker = cluster.master.fork();
            cluster.events.await("exit 1 code 0");
            assertThat(cluster.lines.lines()).containsExactly("1 OUT custom argument");
            assertThat(worker.command()).contains(command);
        }
    }

    @Upstream("test-cluster-setup-primary-argv")
    void ofThisProgramRunsThisJvmAgainWithTheArgumentsGiven() {
        List<String> line = WorkerCommand.ofThisProgram("--port", "0").command();
        assertThat(Path.of(line.get(0)))
                .isEqualTo(Path.of(System.getProperty("java.home")).resolve("bin/java"));
        assertThat(line).endsWith("--port", "0").contains(System.getProperty("java.class.path"));
    }

    @Upstream("test-cluster-setup-primary-cumulative")
    void settingsAddUpAndNeverChangeBehindAForksBack() {
        WorkerCommand first = shell("exec sleep 60", "a");
        WorkerCommand second =
                first.withArguments("b").withEnvironment(Map.of("A", "1")).in(Path.of("/tmp"));
        WorkerCommand third = second.withEnvironment(Map.of("B", "2"));
        assertThat(first).isEqualTo(shell("exec sleep 60", "a"));
        assertThat(third.command()).endsWith("a", "b");
        assertThat(third.environment()).isEqualTo(Map.of("A", "1", "B", "2"));
        assertThat(third.directory()).isEqualTo(Path.of("/tmp"));
        try (Cluster cluster = Cluster.start()) {
            assertThat(cluster.master.fork(third).command()).contains(third);
        }
    }

    @Upstream("test-cluster-setup-primary-emit")
    void everyForkIsToldWithItsSettings() throws Exception {
        WorkerCommand command = shell("exit 0");
        try (Cluster cluster = Cluster.start(builder -> builder.command(command))) {
            cluster.master.onFork(
                    worker -> told.add(worker.command().orElseThrow().equals(command) + ""));
            cluster.master.fork();
            told.await("true");
        }
    }

    @Upstream("test-cluster-setup-primary-multiple")
    void forksWithSettingsOfTheirOwnAreToldInOrderEachWithItsOwn() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            cluster.master.onFork(worker -> told.add(worker.id() + " "
                    + worker.command().orElseThrow().environment().get("N")));
            for (int i = 1; i <= 3; i++) {
                cluster.master.fork(shell("exit 0").withEnvironment(Map.of("N", "" + i)));
            }
            for (int i = 1; i <= 3; i++) {
                told.await(i + " " + i);
            }
        }
    }

    @Upstream("test-cluster-cwd")
    void aDirectoryIsTheForksOwn(@TempDir Path directory) throws IOException {
        WorkerCommand here = shell("pwd -P");
        try (Cluster cluster = Cluster.start()) {
            assertThat(cluster.master.fork(here).command().orElseThrow().directory())
                    .isNull();
            cluster.events.await("exit 1 code 0");
            cluster.master.fork(here.in(directory));
            cluster.events.await("exit 2 code 0");
            assertThat(cluster.lines.lines())
                    .containsExactly("1 OUT " + Path.of("").toRealPath(), "2 OUT " + directory.toRealPath());
        }
    }

    @Upstream("test-cluster-fork-env")
    void anEnvironmentAddsToOursAndOverridesItButNotTheRole() {
        try (Cluster cluster =
                Cluster.start(builder -> builder.command(shell("echo $ADDED $HOME $NCLUSTER_WORKER ${PATH:+path}")))) {
            cluster.master.fork(Map.of("ADDED", "added", "HOME", "/elsewhere", "NCLUSTER_WORKER", "99"));
            assertThat(cluster.lines.await("1 ")).isEqualTo("1 OUT added /elsewhere 1 path");
        }
    }

    @Upstream("test-cluster-fork-stdio")
    void inputIsEmptyAndBothOutputsAreReadApart() {
        try (Cluster cluster = Cluster.start()) {
            cluster.shell("cat; echo out; echo err >&2");
            cluster.events.await("exit 1 code 0");
            assertThat(cluster.lines.lines()).containsExactlyInAnyOrder("1 OUT out", "1 ERR err");
        }
    }

    @Upstream("test-cluster-inspect-brk")
    void aJvmSuspendedForADebuggerRunsNothingAndCanBeKilled() {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.master.fork(Cluster.jvm(
                            WorkerMain.class,
                            "-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:0")
                    .withArguments("role"));
            cluster.lines.await("1 OUT Listening for transport dt_socket");
            assertThat(worker.state()).isEqualTo(State.STARTED);
            worker.kill("SIGKILL");
            cluster.events.await("exit 1 SIGKILL");
            assertThat(cluster.lines.lines()).hasSize(1);
        }
    }

    @Upstream({
        "parallel/test-inspect-support-for-node_options",
        "parallel/test-inspector-port-zero-cluster",
        "known_issues/test-inspector-cluster-port-clash"
    })
    void debuggersOfSeveralWorkersDoNotClash() {
        String debugger = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";
        try (Cluster cluster = Cluster.start()) {
            for (int i = 1; i <= 2; i++) {
                cluster.master.fork(Cluster.jvm(WorkerMain.class)
                        .withArguments("role")
                        .withEnvironment(Map.of("JAVA_TOOL_OPTIONS", debugger)));
            }
            String first = cluster.lines.await("1 OUT Listening for transport dt_socket");
            String second = cluster.lines.await("2 OUT Listening for transport dt_socket");
            assertThat(first.substring(1)).isNotEqualTo(second.substring(1));
            cluster.events.await("online 1");
            cluster.events.await("online 2");
        }
    }

    @Upstream("parallel/test-preload")
    void theRoleIsKnownBeforeMain() {
        try (Cluster cluster = Cluster.start()) {
            cluster.fork("role");
            assertThat(cluster.lines.await("1 OUT role")).isEqualTo("1 OUT role true");
        }
    }

    @Upstream("parallel/test-diagnostics-channel-process")
    void everyStartOfAProcessCanBeObserved() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            cluster.master.onFork(worker -> told.add("" + worker.pid()));
            WorkerProcess worker = cluster.shell("exit 0");
            told.await("" + worker.pid());
        }
    }
}
