package org.nettycluster.master.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.Client;
import org.nettycluster.master.Eventually;
import org.nettycluster.master.FakeLane;
import org.nettycluster.master.FakeWorker;
import org.nettycluster.master.accept.Crowd;
import org.nettycluster.master.accept.Reception;
import org.nettycluster.master.dispatch.ConnectionLimits;
import org.nettycluster.master.dispatch.Overload;
import org.nettycluster.protocol.Listening;

/** Limits of connections, from sockets to lanes. */
@Timeout(60)
class LimitsTest {
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private Door door(int perWorker, int total, Overload overload) throws Exception {
        Door door = new Door(
                new ControlServer.Admission(RunDirectory.currentUid(), Duration.ofSeconds(10), 64),
                "pages",
                new ConnectionLimits(perWorker, total, overload));
        open.add(door);
        return door;
    }

    private FakeWorker worker(Door door, int number) throws Exception {
        FakeWorker worker = door.worker(number);
        open.add(worker);
        return worker;
    }

    private FakeLane lane(FakeWorker worker, Listening listening) throws Exception {
        FakeLane lane = worker.lane(listening);
        open.add(lane);
        return lane;
    }

    private Client client(Listening listening) throws Exception {
        Client client = new Client(listening.address());
        open.add(client);
        return client;
    }

    private static Crowd crowd(Door door) throws Exception {
        return crowd(door, 0);
    }

    private static Crowd crowd(Door door, int listener) throws Exception {
        Reception which = door.listeners().get(listener);
        return door.onLoop(which::crowd);
    }

    @Test
    void aPlaceFreedOnOneListenerIsTakenByAClientOfTheOther() throws Exception {
        Door door = door(1, 0, Overload.WAIT);
        FakeWorker worker = worker(door, 1);
        Listening web = worker.listen(ListenTest.loopback(0));
        Listening metrics = worker.listen(new InetSocketAddress("127.0.0.2", 0));
        FakeLane webLane = lane(worker, web);
        FakeLane metricsLane = lane(worker, metrics);
        Client first = client(web);
        FakeLane.Offer served = webLane.take();
        webLane.claim(served);
        Client second = client(metrics);
        Eventually.eventually("the second listener waits", () -> crowd(door, 1).waits() == 1);
        assertThat(metricsLane.hasOffer()).isFalse();

        webLane.answer(served, "one");

        assertThat(first.readAll()).isEqualTo("one");
        metricsLane.serve("two");
        assertThat(second.readAll()).isEqualTo("two");
    }

    @Test
    void theEndOfAProcessFreesItsPlaces() throws Exception {
        Door door = door(0, 1, Overload.WAIT);
        FakeWorker one = worker(door, 1);
        FakeLane first = lane(one, one.listen(ListenTest.loopback(0)));
        FakeWorker two = worker(door, 2);
        Listening shared = two.listen(ListenTest.loopback(0));
        FakeLane second = lane(two, shared);
        client(shared);
        Eventually.eventually("somebody has it", () -> first.hasOffer() || second.hasOffer());
        int holder = first.hasOffer() ? 1 : 2;
        FakeLane holding = holder == 1 ? first : second;
        holding.claim(holding.take());
        Client waiting = client(shared);
        Eventually.eventually("the listener waits", () -> crowd(door).waits() == 1);

        door.exited(holder);

        (holder == 1 ? second : first).serve("at last");
        assertThat(waiting.readAll()).isEqualTo("at last");
    }

    @Test
    void clientsBeyondAreResetAndCountedAndTheOthersAreNot() throws Exception {
        Door door = door(1, 0, Overload.RESET);
        FakeWorker worker = worker(door, 1);
        Listening listening = worker.listen(ListenTest.loopback(0));
        FakeLane lane = lane(worker, listening);
        Client served = client(listening);
        FakeLane.Offer offer = lane.take();
        lane.claim(offer);

        // The reset may be there before connect has returned.
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> client(listening).readAll());
        assertThat(crowd(door).resets()).isEqualTo(1);
        assertThat(door.counters().accepted()).isEqualTo(1);
        lane.answer(offer, "well");
        assertThat(served.readAll()).isEqualTo("well");
        Client next = client(listening);
        lane.serve("next");
        assertThat(next.readAll()).isEqualTo("next");
    }

    @Test
    void whileNobodyServesClientsWaitAlsoWhereTheyWouldBeReset() throws Exception {
        Door door = door(1, 0, Overload.RESET);
        FakeWorker worker = worker(door, 1);
        Listening listening = worker.listen(ListenTest.loopback(0));
        Client early = client(listening);
        FakeLane lane = lane(worker, listening);

        lane.serve("welcome");

        assertThat(early.readAll()).isEqualTo("welcome");
        assertThat(crowd(door).resets()).isZero();
    }
}
