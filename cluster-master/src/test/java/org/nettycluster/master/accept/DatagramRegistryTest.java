package org.nettycluster.master.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.protocol.DatagramHello;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.WorkerId;

/** Which UDP binds mean which socket, and whose turn it is; no worker is there, only their names. */
@Timeout(30)
class DatagramRegistryTest {
    private static final int SLOTS = 4;
    private static final int PEERS = 40;
    private static final Map<ServerOption, Integer> SHARED = Map.of(ServerOption.DATAGRAM_SHARED, 1);
    private static final Map<ServerOption, Integer> EXCLUSIVE = Map.of(ServerOption.EXCLUSIVE, 1);

    @TempDir
    private Path directory;

    private DatagramRegistry registry = new DatagramRegistry(InheritedSockets.NONE);
    private final List<DatagramSocket> peers = new ArrayList<>();

    /** A worker's copy, and what it was told. */
    private static final class Copy implements DatagramSeat.Holder {
        private final WorkerId worker;
        private final DatagramSeat seat;
        private final List<String> told = new ArrayList<>();

        Copy(WorkerId worker, DatagramSeat seat) {
            this.worker = worker;
            this.seat = seat;
            seat.enters(this);
        }

        static Copy taken(WorkerId worker, DatagramSeat seat) {
            Copy copy = new Copy(worker, seat);
            seat.has(copy);
            return copy;
        }

        @Override
        public WorkerId worker() {
            return worker;
        }

        @Override
        public void takeTurn() {
            told.add("turn");
        }

        @Override
        public void leave() {
            told.add("leave");
        }

        @Override
        public void end() {
            told.add("end");
        }
    }

    @BeforeEach
    void fleet() {
        Epoll.ensureAvailability();
        for (int slot = 1; slot <= SLOTS; slot++) {
            registry.expect(new WorkerId(slot, 1));
        }
    }

    @AfterEach
    void close() {
        registry.close();
        peers.forEach(DatagramSocket::close);
    }

    private static DatagramHello hello(WorkerId worker, int port, Map<ServerOption, Integer> options) {
        return new DatagramHello(worker, Token.random(), new InetSocketAddress("127.0.0.1", port), 0, options);
    }

    private DatagramSeat join(WorkerId worker, int port, Map<ServerOption, Integer> options) throws IOException {
        return registry.join(hello(worker, port, options));
    }

    private DatagramSeat join(WorkerId worker, int port) throws IOException {
        return join(worker, port, Map.of());
    }

    private List<DatagramSeat> all(int port) throws IOException {
        List<DatagramSeat> seats = new ArrayList<>();
        int bound = port;
        for (int slot = 1; slot <= SLOTS; slot++) {
            DatagramSeat seat = join(new WorkerId(slot, 1), bound);
            bound = seat.address().getPort();
            seats.add(seat);
        }
        return seats;
    }

    /** Each peer sends once. */
    private void everybodySends(int port) throws IOException {
        while (peers.size() < PEERS) {
            peers.add(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
        }
        for (int i = 0; i < PEERS; i++) {
            peers.get(i).send(new DatagramPacket(new byte[] {(byte) i}, 1, InetAddress.getLoopbackAddress(), port));
        }
    }

    /** Who has sent what lies there. */
    private static Set<Integer> read(DatagramSeat seat) throws IOException {
        LinuxSocket socket = LinuxSocket.newSocket(seat.descriptor());
        Set<Integer> senders = new HashSet<>();
        ByteBuffer bytes = ByteBuffer.allocateDirect(1);
        while (socket.recvFrom(bytes, 0, 1) != null) {
            senders.add((int) bytes.get(0));
        }
        return senders;
    }

    private static Map<Integer, Integer> seatOfEachPeer(List<DatagramSeat> seats) throws IOException {
        Map<Integer, Integer> where = new HashMap<>();
        for (int i = 0; i < seats.size(); i++) {
            for (int peer : read(seats.get(i))) {
                where.put(peer, i);
            }
        }
        return where;
    }

    @Test
    void socketsOfAllSlotsAreThereFromTheFirstBindOn() throws IOException {
        int port = join(new WorkerId(3, 1), 0).address().getPort();
        everybodySends(port);
        List<DatagramSeat> seats = all(port);
        Map<Integer, Integer> first = seatOfEachPeer(seats);
        assertThat(first).hasSize(PEERS);
        assertThat(new HashSet<>(first.values())).hasSize(SLOTS);
        everybodySends(port);
        assertThat(seatOfEachPeer(seats)).isEqualTo(first);
    }

    @Test
    void aSuccessorGetsTheSameSocketAndItsTurnWhenTheOldWorkerReadsNoMore() throws IOException {
        DatagramSeat seat = join(new WorkerId(2, 1), 0);
        Copy old = Copy.taken(new WorkerId(2, 1), seat);
        DatagramSeat again = join(new WorkerId(2, 2), seat.address().getPort());
        Copy next = Copy.taken(new WorkerId(2, 2), again);
        assertThat(again).isSameAs(seat);
        assertThat(old.told).containsExactly("turn");
        assertThat(next.told).isEmpty();
        seat.yields(old);
        assertThat(next.told).containsExactly("turn");
        seat.leaves(old, false);
        assertThat(next.told).containsExactly("turn");
    }

    @Test
    void nobodyWaitsForAWorkerThatIsGoneOrStands() throws IOException {
        DatagramSeat seat = join(new WorkerId(2, 1), 0);
        Copy first = Copy.taken(new WorkerId(2, 1), seat);
        Copy second = Copy.taken(new WorkerId(2, 2), seat);
        Copy third = Copy.taken(new WorkerId(2, 3), seat);
        registry.exited(first.worker());
        assertThat(first.told).containsExactly("turn", "end");
        assertThat(second.told).containsExactly("turn");
        registry.overdue(second.worker());
        assertThat(third.told).containsExactly("turn");
    }

    @Test
    void whatIsQueuedOutlivesEveryWorker() throws IOException {
        List<DatagramSeat> seats = all(0);
        int port = seats.get(0).address().getPort();
        Copy only = Copy.taken(new WorkerId(1, 1), seats.get(0));
        everybodySends(port);
        registry.exited(only.worker());
        registry.expect(new WorkerId(1, 2));
        assertThat(join(new WorkerId(1, 2), port)).isSameAs(seats.get(0));
        assertThat(seatOfEachPeer(seats)).hasSize(PEERS);
    }

    @Test
    void thePeersOfASlotThatIsNoMoreGoToOthers() throws IOException {
        List<DatagramSeat> seats = new ArrayList<>(all(0));
        int port = seats.get(0).address().getPort();
        Copy last = Copy.taken(new WorkerId(SLOTS, 1), seats.get(SLOTS - 1));
        Copy other = Copy.taken(new WorkerId(1, 1), seats.get(0));
        registry.vacate(SLOTS);
        assertThat(last.told).containsExactly("turn", "leave");
        assertThat(other.told).containsExactly("turn");
        assertThat(seats.remove(SLOTS - 1).isOpen()).isFalse();
        everybodySends(port);
        Map<Integer, Integer> three = seatOfEachPeer(seats);
        assertThat(three).hasSize(PEERS);
        // Its worker closes because it was told to: that says nothing about the others.
        last.seat.leaves(last, true);
        everybodySends(port);
        assertThat(seatOfEachPeer(seats)).isEqualTo(three);
        registry.expect(new WorkerId(SLOTS, 2));
        DatagramSeat fresh = join(new WorkerId(SLOTS, 2), port);
        assertThat(fresh.address().getPort()).isEqualTo(port);
        everybodySends(port);
        assertThat(read(fresh)).isNotEmpty();
    }

    @Test
    void aSlotWhoseProgramClosesItsSocketHasNoPeersUntilItBindsAgain() throws IOException {
        List<DatagramSeat> seats = new ArrayList<>(all(0));
        int port = seats.get(0).address().getPort();
        Copy closing = Copy.taken(new WorkerId(1, 1), seats.get(0));
        Copy other = Copy.taken(new WorkerId(2, 1), seats.get(1));
        seats.remove(0);
        closing.seat.leaves(closing, true);
        assertThat(closing.seat.isOpen()).isFalse();
        everybodySends(port);
        assertThat(seatOfEachPeer(seats)).hasSize(PEERS);
        other.seat.leaves(other, true);
        assertThat(seats).noneMatch(DatagramSeat::isOpen);
    }

    @Test
    void anAddressThatSomebodyElseHasIsInUseEvenIfHeWouldShareIt() throws IOException {
        try (DatagramChannel stranger = DatagramChannel.open()) {
            stranger.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            stranger.bind(new InetSocketAddress("127.0.0.1", 0));
            int port = ((InetSocketAddress) stranger.getLocalAddress()).getPort();
            assertThatThrownBy(() -> join(new WorkerId(1, 1), port)).hasMessageContaining("in use");
        }
    }

    @Test
    void oneSocketIsForAllWhoSayThatTheyShareAndForSingleForks() throws IOException {
        DatagramSeat seat = join(new WorkerId(1, 1), 0, SHARED);
        int port = seat.address().getPort();
        assertThat(join(new WorkerId(2, 1), port, SHARED)).isSameAs(seat);
        assertThat(join(new WorkerId(7, 0), port)).isSameAs(seat);
        Copy one = Copy.taken(new WorkerId(1, 1), seat);
        Copy two = Copy.taken(new WorkerId(7, 0), seat);
        assertThat(one.told).containsExactly("turn");
        assertThat(two.told).containsExactly("turn");
        assertThatThrownBy(() -> join(new WorkerId(3, 1), port)).isInstanceOf(BindException.class);
        registry.vacate(1);
        assertThat(seat.isOpen()).isTrue();
        seat.leaves(one, false);
        assertThat(seat.isOpen()).isTrue();
        seat.leaves(two, true);
        assertThat(seat.isOpen()).isFalse();
    }

    @Test
    void aSlotMayHaveAnAddressAlone() throws IOException {
        DatagramSeat seat = join(new WorkerId(1, 1), 0, EXCLUSIVE);
        int port = seat.address().getPort();
        assertThat(join(new WorkerId(1, 2), port, EXCLUSIVE)).isSameAs(seat);
        assertThatThrownBy(() -> join(new WorkerId(2, 1), port, EXCLUSIVE)).hasMessageContaining("in use");
        assertThatThrownBy(() -> join(new WorkerId(2, 1), port)).hasMessageContaining("in use");
        registry.vacate(1);
        assertThat(seat.isOpen()).isFalse();
    }

    @Test
    void anInheritedSocketIsOneForAllWhateverTheyAskFor() throws IOException {
        LinuxSocket parents = LinuxSocket.newSocketDgram(false);
        parents.bind(new InetSocketAddress("127.0.0.1", 0));
        int port = parents.localAddress().getPort();
        InheritedSockets inherited =
                InheritedSockets.open(List.of(new InheritedSocket(parents.intValue(), "dns")), directory);
        registry = new DatagramRegistry(inherited);
        fleet();
        everybodySends(port);
        DatagramSeat seat = join(new WorkerId(1, 1), port);
        assertThat(join(new WorkerId(2, 1), port)).isSameAs(seat);
        assertThat(join(new WorkerId(3, 1), port, SHARED)).isSameAs(seat);
        assertThat(read(seat)).hasSize(PEERS);
        Copy only = Copy.taken(new WorkerId(1, 1), seat);
        seat.leaves(only, true);
        assertThat(seat.isOpen()).isFalse();
        assertThat(join(new WorkerId(1, 1), port).address().getPort()).isEqualTo(port);
        inherited.close();
    }

    @Test
    void anotherBindToPortZeroIsAnotherPort() throws IOException {
        DatagramSeat first = join(new WorkerId(1, 1), 0);
        Copy byNumber = Copy.taken(
                new WorkerId(2, 1), join(new WorkerId(2, 1), first.address().getPort()));
        assertThat(byNumber.seat.address()).isEqualTo(first.address());
        assertThat(join(new WorkerId(2, 1), 0).address()).isNotEqualTo(first.address());
    }
}
