package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;

final class ClusterWorkerTest {
    @Test
    void processThatNoMasterStartedRunsAlone() {
        assertThat(ClusterWorker.isWorker()).isFalse();
        assertThat(ClusterWorker.current()).isEmpty();
        assertThat(ClusterWorker.serverChannelFactory().newChannel()).isInstanceOf(EpollServerSocketChannel.class);
        assertThat(ClusterWorker.serverChannelFactory())
                .hasToString("ReflectiveChannelFactory(EpollServerSocketChannel.class)");
        assertThatThrownBy(ClusterServerSocketChannel::new)
                .isInstanceOf(ChannelException.class)
                .hasMessageContaining("ClusterWorker.serverChannelFactory()");
    }

    @Test
    void grandchildInheritsTheVariablesButNotTheRole() {
        assertThat(WorkerRole.of(variables(), 4711, pid -> true)).isPresent();
        assertThat(WorkerRole.of(variables(), 4712, pid -> pid == 4711)).isEmpty();
        assertThat(WorkerRole.of(Map.of(), 4711, pid -> true)).isEmpty();
    }

    @Test
    void workerWhoseMasterWasKilledBeforeItWasUpDoesNotServeByItself() {
        assertThat(WorkerRole.of(variables(), 1, pid -> pid != 4711)).isPresent();
    }

    @Test
    void processThatNobodyHasWaitedForLivesNoMore() throws Exception {
        assertThat(WorkerRole.lives(ProcessHandle.current().pid())).isTrue();
        // The shell becomes sleep, which waits for no child. Before that it might have waited for one that has ended.
        Process parent = new ProcessBuilder("sh", "-c", "exec 3<&0; read -r go <&3 & echo $!; exec sleep 60").start();
        try (BufferedReader out = parent.inputReader();
                BufferedWriter in = parent.outputWriter()) {
            long zombie = Long.parseLong(out.readLine());
            Eventually.eventually(
                    "it is sleep",
                    () -> List.of(parent.info().arguments().orElse(new String[0]))
                            .equals(List.of("60")));
            assertThat(WorkerRole.lives(zombie)).isTrue();
            in.newLine();
            in.flush();
            Eventually.eventually("it has ended", () -> !WorkerRole.lives(zombie));
            assertThat(ProcessHandle.of(zombie)).isPresent();
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void workerMakesChannelsOfItsMaster() throws Exception {
        try (WorkerFixture fixture = new WorkerFixture()) {
            var factory = ClusterWorker.serverChannelFactory(Optional.of(fixture.worker));
            assertThat(factory).hasToString("ClusterServerSocketChannel.class of worker 3.2");
            assertThat(fixture.bind()).isInstanceOf(ClusterServerSocketChannel.class);
        }
    }

    private static Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>();
        new WorkerEnvironment(Path.of("/run/master.sock"), new WorkerId(1, 1), Token.random(), 4711).putInto(variables);
        return variables;
    }
}
