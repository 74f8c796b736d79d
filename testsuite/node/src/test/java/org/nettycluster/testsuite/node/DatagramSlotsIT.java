package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.accept.DatagramRegistry;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;
import org.nettycluster.worker.ClusterChannelOption;

/** UDP as a fleet has it: each slot its socket, which outlives the workers that sit there. */
class DatagramSlotsIT {
    private static final int SLOTS = 4;
    private static final int PEERS = 100;
    private static final int DATAGRAMS = 100_000;

    private final Readings readings = new Readings(PEERS);

    private DatagramChannel bind(Program program, int port) {
        return bind(program, port, new Bootstrap());
    }

    private DatagramChannel bind(Program program, int port, Bootstrap options) {
        Bootstrap bootstrap = options.group(program.loop()).handler(readings.reader(program.number()));
        DatagramChannel channel =
                Cluster.get(program.worker.datagram(bootstrap, new InetSocketAddress("127.0.0.1", port)));
        program.runs(channel);
        return channel;
    }

    /** One program in each slot, all of whom read. */
    private List<DatagramChannel> fleet(Slots slots, List<Program> programs) {
        List<DatagramChannel> channels = new ArrayList<>();
        for (WorkerEnvironment role : slots.expect(SLOTS)) {
            Program program = slots.program(role);
            programs.add(program);
            channels.add(bind(program, channels.isEmpty() ? 0 : Program.port(channels.get(0))));
        }
        return channels;
    }

    private static Program successor(Slots slots, Program old) {
        WorkerId worker = old.worker.id();
        return slots.program(slots.expect(new WorkerId(worker.number(), worker.generation() + 1)));
    }

    private void allOfThemHaveCome(Peers peers) {
        Cluster.until("all have come", () -> readings.different() == peers.sent());
        assertThat(readings.received()).isEqualTo(peers.sent());
    }

    @Test
    void nothingIsLostAndEachPeerStaysWithItsSlotAcrossAReload() throws Exception {
        try (Slots slots = new Slots();
                Peers peers = new Peers(PEERS)) {
            List<Program> programs = new ArrayList<>();
            int port = 0;
            for (WorkerEnvironment role : slots.expect(SLOTS)) {
                programs.add(slots.program(role));
                port = Program.port(bind(programs.get(programs.size() - 1), port));
                // From the first on: what is for a slot whose worker is not there yet waits.
                peers.send(50, port);
            }
            for (Program old : programs) {
                peers.send(DATAGRAMS / (SLOTS + 1), port, readings::received);
                bind(successor(slots, old), port);
                peers.send(200, port, readings::received);
                slots.drain(old);
            }
            peers.send(DATAGRAMS - peers.sent(), port, readings::received);
            allOfThemHaveCome(peers);
            assertThat(readings.split()).isZero();
            assertThat(readings.overtaken()).isEmpty();
            assertThat(readings.readers()).hasSize(SLOTS);
        }
    }

    @Test
    void whatIsQueuedInASlotWaitsForTheNextOneWhoSitsThere() throws Exception {
        try (Slots slots = new Slots();
                Peers peers = new Peers(PEERS)) {
            List<Program> programs = new ArrayList<>();
            int port = Program.port(fleet(slots, programs).get(0));
            Program dead = programs.get(1);
            CountDownLatch release = dead.block();
            peers.send(PEERS, port);
            slots.exit(dead);
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", port);
            assertThat(slots.bound()).containsExactly(new DatagramRegistry.Bound(address, SLOTS, SLOTS - 1));
            bind(successor(slots, dead), port);
            assertThat(slots.bound()).containsExactly(new DatagramRegistry.Bound(address, SLOTS, SLOTS));
            allOfThemHaveCome(peers);
            release.countDown();
            assertThat(readings.split()).isZero();
        }
    }

    @Test
    void aSuccessorDoesNotWaitForOneThatStands() throws Exception {
        try (Slots slots = new Slots();
                Peers peers = new Peers(PEERS)) {
            List<Program> programs = new ArrayList<>();
            int port = Program.port(fleet(slots, programs).get(0));
            CountDownLatch release = programs.get(1).block();
            bind(successor(slots, programs.get(1)), port);
            peers.send(PEERS, port);
            slots.tellToDrain(programs.get(1));
            allOfThemHaveCome(peers);
            release.countDown();
        }
    }

    @Test
    void thePeersOfASlotThatIsNoMoreGoToOthersAndWhatWasQueuedIsRead() throws Exception {
        try (Slots slots = new Slots();
                Peers peers = new Peers(PEERS)) {
            List<Program> programs = new ArrayList<>();
            List<DatagramChannel> channels = fleet(slots, programs);
            int port = Program.port(channels.get(0));
            CountDownLatch release = programs.get(SLOTS - 1).block();
            peers.send(PEERS, port);
            slots.vacate(SLOTS);
            Set<Integer> readers = new HashSet<>();
            for (int peer = 0; peer < PEERS; peer++) {
                readers.add(peers.ask(peer, port));
            }
            assertThat(readers).containsExactlyInAnyOrder(1, 2, 3);
            slots.tellToDrain(programs.get(SLOTS - 1));
            release.countDown();
            allOfThemHaveCome(peers);
            assertThat(readings.readers()).contains(SLOTS);
            assertThat(channels.get(SLOTS - 1).closeFuture().await(20_000)).isTrue();
        }
    }

    @Test
    void whatIsQueuedWhenTheMasterDiesIsReadAndThePortIsFreeThen() throws Exception {
        try (Slots slots = new Slots();
                Peers peers = new Peers(PEERS)) {
            List<Program> programs = new ArrayList<>();
            List<DatagramChannel> channels = fleet(slots, programs);
            int port = Program.port(channels.get(0));
            List<CountDownLatch> latches = programs.stream().map(Program::block).toList();
            peers.send(PEERS, port);
            slots.die();
            latches.forEach(CountDownLatch::countDown);
            allOfThemHaveCome(peers);
            for (DatagramChannel channel : channels) {
                assertThat(channel.closeFuture().await(20_000)).isTrue();
            }
            try (DatagramSocket free = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
                assertThat(free.isBound()).isTrue();
            }
        }
    }

    @Test
    void aWorkerThatDrainsReadsNoMoreAndStillAnswers() throws Exception {
        try (Slots slots = new Slots();
                Peers peers = new Peers(PEERS)) {
            List<Program> programs = new ArrayList<>();
            List<DatagramChannel> channels = fleet(slots, programs);
            int port = Program.port(channels.get(0));
            Program old = programs.get(0);
            CompletableFuture<Void> answers = new CompletableFuture<>();
            old.worker.onDrain(() -> answers);
            // Sent when the hook is known: a drain would else have been over before.
            old.listen(0);
            slots.tellToDrain(old);
            Cluster.get(old.worker.draining());
            bind(successor(slots, old), port);
            peers.send(PEERS, port);
            allOfThemHaveCome(peers);
            try (DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                client.setSoTimeout(20_000);
                channels.get(0)
                        .writeAndFlush(new DatagramPacket(
                                Unpooled.copyInt(7), new InetSocketAddress("127.0.0.1", client.getLocalPort())))
                        .syncUninterruptibly();
                java.net.DatagramPacket answer = new java.net.DatagramPacket(new byte[4], 4);
                client.receive(answer);
                assertThat(answer.getPort()).isEqualTo(port);
            }
            answers.complete(null);
            assertThat(channels.get(0).closeFuture().await(20_000)).isTrue();
        }
    }

    @Test
    void whoReadsByHandIsNotHurried() throws Exception {
        try (Slots slots = new Slots();
                Peers peers = new Peers(1)) {
            Program program = slots.program(slots.expect(1).get(0));
            DatagramChannel channel = bind(program, 0, new Bootstrap().option(ChannelOption.AUTO_READ, false));
            peers.send(3, Program.port(channel));
            channel.eventLoop().submit(() -> {}).syncUninterruptibly();
            assertThat(readings.received()).isZero();
            for (int i = 1; i <= peers.sent(); i++) {
                int one = i;
                channel.read();
                Cluster.until("one has come", () -> readings.received() == one);
            }
        }
    }

    @Test
    void slotsMayShareOneSocketIfAllOfThemSaySo() throws Exception {
        try (Slots slots = new Slots();
                Peers peers = new Peers(PEERS)) {
            List<Program> programs =
                    slots.expect(3).stream().map(slots::program).toList();
            int port = Program.port(bind(programs.get(0), 0, shared()));
            assertThat(Program.port(bind(programs.get(1), port, shared()))).isEqualTo(port);
            assertThatThrownBy(() -> bind(programs.get(2), port))
                    .hasRootCauseInstanceOf(BindException.class)
                    .hasStackTraceContaining("in use");
            CountDownLatch release = programs.get(0).block();
            peers.send(PEERS, port);
            allOfThemHaveCome(peers);
            release.countDown();
        }
    }

    private static Bootstrap shared() {
        return new Bootstrap().option(ClusterChannelOption.DATAGRAM_SHARED, true);
    }
}
