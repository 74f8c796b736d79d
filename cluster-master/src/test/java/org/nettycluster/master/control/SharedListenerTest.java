package org.nettycluster.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.LinuxSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.Client;
import org.nettycluster.master.Eventually;
import org.nettycluster.master.FakeLane;
import org.nettycluster.master.FakeWorker;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenUnix;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.TurnPage;
import org.nettycluster.protocol.Unlisten;
import org.nettycluster.protocol.WorkerId;

/** What the master does for workers that accept for themselves; the workers are worked by hand. */
@Timeout(60)
class SharedListenerTest {
    private final List<AutoCloseable> open = new ArrayList<>();
    private Door door;

    @BeforeEach
    void start() throws Exception {
        door = new Door();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        door.close();
    }

    private record Sharing(FakeWorker worker, Listening listening, FakeLane lane, TurnPage turns) {
        Listening.Share share() {
            return listening.share();
        }

        /** The listening socket, which comes first. */
        LinuxSocket socket() throws Exception {
            return LinuxSocket.newSocket(lane.take().fd().intValue());
        }

        void isTold() throws Exception {
            lane.take().fd().close();
        }
    }

    private Sharing sharing(int number) throws Exception {
        FakeWorker worker = door.worker(number);
        open.add(worker);
        return sharing(worker, number);
    }

    private Sharing sharing(FakeWorker worker, int number) throws Exception {
        Listening listening =
                worker.listen(new Listen(number, 0, ListenTest.loopback(0), Map.of(ServerOption.SHARED, 1)));
        FakeLane lane = worker.lane(listening);
        open.add(lane);
        Eventually.eventually("listening " + number, () -> door.events.remove("listening " + number));
        return new Sharing(
                worker, listening, lane, TurnPage.open(Path.of(listening.share().turns())));
    }

    @Test
    void eachWorkerGetsTheSocketAndAPlaceOnOnePage() throws Exception {
        Sharing one = sharing(1);
        Sharing two = sharing(2);
        assertThat(one.share()).isEqualTo(new Listening.Share(two.share().turns(), 0, 0));
        assertThat(two.share().place()).isEqualTo(1);
        assertThat(one.listening.options()).isEqualTo(Map.of(ServerOption.SHARED, 1));
        LinuxSocket first = one.socket();
        LinuxSocket second = two.socket();
        try (Client client = new Client(one.listening.address())) {
            byte[] peer = new byte[25];
            int accepted = second.accept(peer);
            assertThat(accepted).isPositive();
            assertThat(first.accept(peer)).isEqualTo(-1);
            two.lane.page.countAdopted();
            assertThat(door.counters().accepted()).isEqualTo(1);
            assertThat(door.onLoop(() -> door.server.presence().get(new WorkerId(2, 0)))
                            .traffic())
                    .isEqualTo(new Traffic(1, 1));
            LinuxSocket.newSocket(accepted).close();
            assertThat(client.readAll()).isEmpty();
        }
        first.close();
        second.close();
    }

    @Test
    void whenOneTakesNothingAnyMoreTheOthersAreToldToLook() throws Exception {
        Sharing one = sharing(1);
        Sharing two = sharing(2);
        one.socket().close();
        two.socket().close();
        one.lane.wants(true);
        one.lane.wants(false);
        two.isTold();
        one.isTold();
        one.lane.close();
        two.isTold();
        assertThat(one.lane.hasOffer()).isFalse();
    }

    @Test
    void aPausedWorkerIsHeldAndToldSo() throws Exception {
        Sharing one = sharing(1);
        one.socket().close();
        door.onLoop(() -> door.server.pause(new WorkerId(1, 0), true));
        one.isTold();
        assertThat(one.turns.isHeld(0)).isTrue();
        door.onLoop(() -> door.server.pause(new WorkerId(1, 0), false));
        one.isTold();
        assertThat(one.turns.isHeld(0)).isFalse();
    }

    @Test
    void aPlaceIsKeptUntilItsProcessHasEnded() throws Exception {
        Sharing one = sharing(1);
        Sharing two = sharing(2);
        one.worker.say(new Unlisten(one.listening.listener()));
        one.lane.awaitClosed();
        assertThat(sharing(3).share().place()).isEqualTo(2);
        assertThat(sharing(one.worker, 1).share().place()).isZero();
        two.turns.say(0, 9, true);
        door.exited(1);
        assertThat(two.turns.word(0)).isZero();
        assertThat(sharing(4).share().place()).isZero();
    }

    @Test
    void theLastThatLeavesTakesSocketAndPageWithIt() throws Exception {
        Sharing one = sharing(1);
        Path page = Path.of(one.share().turns());
        assertThat(Files.exists(page)).isTrue();
        one.socket().close();
        one.worker.say(new Unlisten(one.listening.listener()));
        Eventually.eventually("no listener", () -> {
            try {
                return door.listeners().isEmpty();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(Files.exists(page)).isFalse();
        assertThat(door.pageFiles()).isEmpty();
    }

    @Test
    void aPathIsNotSharedWhoeverAsksForIt() throws Exception {
        FakeWorker worker = door.worker(1);
        open.add(worker);
        worker.say(new ListenUnix(7, door.home.resolve("s").toString(), Map.of(ServerOption.SHARED, 1)));
        Listening listening = worker.next(Listening.class);
        assertThat(listening.share()).isNull();
        assertThat(listening.options()).isEmpty();
    }

    @Test
    void theSocketStaysWhenAWorkerDies() throws Exception {
        Sharing one = sharing(1);
        one.socket().close();
        one.lane.close();
        door.exited(1);
        try (Client client = new Client(one.listening.address())) {
            Sharing two = sharing(2);
            LinuxSocket socket = two.socket();
            int accepted = socket.accept(new byte[25]);
            assertThat(accepted).isPositive();
            LinuxSocket.newSocket(accepted).close();
            assertThat(client.readAll()).isEmpty();
            socket.close();
        }
    }
}
