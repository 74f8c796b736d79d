package org.nettycluster.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.WorkerEnvironment;

/** Workers that the master starts and replaces by itself, and workers that others start and it admits. */
class ClusterMasterFleetTest extends ClusterMasterFixture {
    ClusterMasterFleetTest() throws IOException {}

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
    void workerThatSaysReadyTooEarlyAndTooOftenIsNoHarm() throws Exception {
        ClusterMaster master = start(builder());
        FakeWorker worker = FakeWorker.online(master.admit());
        worker.say(new Ready(), new Ready());
        worker.listen(new InetSocketAddress("127.0.0.1", 0));
        worker.close();
        assertThat(nextEvents(3)).containsExactly("online 1", "disconnect 1", "exit 1 code 0");
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
}
