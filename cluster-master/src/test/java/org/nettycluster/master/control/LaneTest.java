package org.nettycluster.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.Client;
import org.nettycluster.master.Eventually;
import org.nettycluster.master.FakeLane;
import org.nettycluster.master.FakeLane.Offer;
import org.nettycluster.master.FakeWorker;
import org.nettycluster.master.LogRecorder;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.Unlisten;

@Timeout(30)
class LaneTest {
    private final LogRecorder log = new LogRecorder();
    private final Door door = new Door();
    private final List<AutoCloseable> open = new ArrayList<>();

    LaneTest() throws Exception {}

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        door.close();
        log.close();
    }

    private FakeWorker worker(int number) throws Exception {
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

    /** A worker with a lane that wants connections. */
    private record Serving(FakeWorker worker, Listening listening, FakeLane lane) {}

    private Serving serving(int number) throws Exception {
        FakeWorker worker = worker(number);
        Listening listening = worker.listen(ListenTest.loopback(0));
        FakeLane lane = lane(worker, listening);
        Eventually.eventually("listening " + number, () -> door.events.remove("listening " + number));
        return new Serving(worker, listening, lane);
    }

    private void awaitOpenLanes(int count) throws Exception {
        Eventually.eventually(
                count + " open lanes",
                () -> door.listeners().stream()
                                .mapToInt(listener -> listener.lanes().size())
                                .sum()
                        == count);
    }

    @Test
    void pageIsUnlinkedWhenTheLaneSaysHello() throws Exception {
        Serving one = serving(1);
        assertThat(Path.of(one.listening.page())).doesNotExist();
        assertThat(door.pageFiles()).isEmpty();
    }

    @Test
    void pagesAreUnmappedWithoutACollection() throws Exception {
        Serving one = serving(1);
        FakeWorker worker = one.worker;
        Listening promised = worker.listen(new InetSocketAddress("127.0.0.2", 0));
        Listening left = worker.listen(new InetSocketAddress("127.0.0.3", 0));
        assertThat(mappings(one.listening)).as("the master's and this test's").isEqualTo(2);
        assertThat(mappings(promised)).isEqualTo(1);
        worker.say(new Unlisten(left.listener()));
        Eventually.eventually("no lane will be opened on it", () -> mappings(left) == 0);
        door.exited(1);
        assertThat(mappings(one.listening)).as("this test's").isEqualTo(1);
        assertThat(mappings(promised)).isZero();
    }

    private static long mappings(Listening listening) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains(listening.page()))
                .count();
    }

    @Test
    void laneThatWasNotPromisedIsRefused() throws Exception {
        FakeWorker worker = worker(1);
        Listening listening = worker.listen(ListenTest.loopback(0));
        FakeWorker impostor = FakeWorker.silent(worker(2).role());
        open.add(impostor);
        impostor.say(impostor.laneHello(listening));
        impostor.awaitClosed();
        log.awaitWarning("worker 2 opens a lane for listener " + listening.listener() + ", which it was not promised");
        assertThat(Path.of(listening.page())).exists();
    }

    @Test
    void laneOpensOnce() throws Exception {
        Serving one = serving(1);
        FakeWorker again = FakeWorker.silent(door.expect(2));
        open.add(again);
        again.say(one.worker.laneHello(one.listening));
        again.awaitClosed();
        awaitOpenLanes(1);
        assertThat(one.lane.isClosed()).isFalse();
    }

    @Test
    void laneOfAListenerThatWasLeftIsRefused() throws Exception {
        FakeWorker worker = worker(1);
        Listening listening = worker.listen(ListenTest.loopback(0));
        worker.say(new Unlisten(listening.listener()));
        worker.listen(ListenTest.loopback(0));
        FakeWorker late = FakeWorker.silent(door.expect(2));
        open.add(late);
        late.say(worker.laneHello(listening));
        late.awaitClosed();
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void laneThatWasGivenUpDoesNotTakeThePlaceOfTheNext() throws Exception {
        FakeWorker worker = worker(1);
        Listening left = worker.listen(ListenTest.loopback(0));
        FakeWorker other = worker(2);
        other.listen(left.address());
        worker.say(new Unlisten(left.listener()));
        Listening again = worker.listen(left.address());
        assertThat(again.listener()).isEqualTo(left.listener());
        FakeWorker late = FakeWorker.silent(door.expect(3));
        open.add(late);
        late.say(worker.laneHello(left));
        late.awaitClosed();
        Client client = client(again);
        lane(worker, again).serve("served");
        assertThat(client.readAll()).isEqualTo("served");
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void workersOfAnEarlierVersionNameTheListenerOnly() throws Exception {
        FakeWorker worker = worker(1);
        Listening listening = worker.listen(ListenTest.loopback(0));
        FakeLane lane = worker.laneOfAnEarlierVersion(listening);
        open.add(lane);
        awaitOpenLanes(1);
        lane.close();
    }

    @Test
    void laneThatDrainHasOvertakenIsRefused() throws Exception {
        FakeWorker worker = worker(1);
        Listening listening = worker.listen(ListenTest.loopback(0));
        door.drain(1);
        worker.next(Drain.class);
        lane(worker, listening).awaitClosed();
        awaitOpenLanes(0);
        assertThat(Path.of(listening.page())).doesNotExist();
    }

    @Test
    void doorbellRightBehindTheHelloIsHeard() throws Exception {
        FakeWorker worker = worker(1);
        Listening listening = worker.listen(ListenTest.loopback(0));
        Client client = client(listening);
        FakeLane lane = lane(worker, listening);
        lane.serve("served");
        assertThat(client.readAll()).isEqualTo("served");
    }

    @Test
    void connectionsComeInTurnsAndAreTheClientsOwn() throws Exception {
        Serving one = serving(1);
        Serving two = serving(2);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            clients.add(client(one.listening));
            Serving turn = i % 2 == 0 ? one : two;
            turn.lane.serve("worker " + turn.worker.hello().worker() + " client " + i);
        }
        for (int i = 0; i < 6; i++) {
            assertThat(clients.get(i).readAll()).isEqualTo("worker " + (i % 2 + 1) + " client " + i);
        }
        assertThat(List.of(one.lane.hasOffer(), two.lane.hasOffer())).containsExactly(false, false);
    }

    @Test
    void cellHoldsThePeersAddress() throws Exception {
        Serving one = serving(1);
        Client client = client(one.listening);
        Offer offer = one.lane.take();
        byte[] address = new byte[24];
        assertThat(one.lane.page.address(offer.sequence(), address, 0)).isEqualTo(8);
        int port = (address[6] & 0xff) << 8 | address[7] & 0xff;
        assertThat(port).isEqualTo(client.address().getPort());
        one.lane.claim(offer);
        one.lane.answer(offer, "");
    }

    @Test
    void claimedConnectionIsClosedInTheMaster() throws Exception {
        Serving one = serving(1);
        Client client = client(one.listening);
        // The end of file reaches the client only if the master has closed its own descriptor, too.
        one.lane.serve("bye");
        assertThat(client.readAll()).isEqualTo("bye");
        assertThat(door.counters().claimed()).isEqualTo(1);
    }

    @Test
    void laneThatDoesNotWantGetsNothing() throws Exception {
        Serving one = serving(1);
        Serving two = serving(2);
        one.lane.wants(false);
        for (int i = 0; i < 3; i++) {
            Client client = client(one.listening);
            two.lane.serve("two");
            assertThat(client.readAll()).isEqualTo("two");
        }
        assertThat(one.lane.hasOffer()).isFalse();
    }

    @Test
    void ringWakesAnAcceptLoopThatWaits() throws Exception {
        Serving one = serving(1);
        one.lane.wants(false);
        Client client = client(one.listening);
        assertThat(door.counters().accepted()).isZero();
        one.lane.wants(true);
        one.lane.serve("woken");
        assertThat(client.readAll()).isEqualTo("woken");
    }

    @Test
    void clientsBeyondTheWindowWaitInTheBacklog() throws Exception {
        Serving one = serving(1);
        int count = 3 * Door.WINDOW;
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(client(one.listening));
        }
        for (int i = 0; i < count; i++) {
            assertThat(door.counters().accepted()).isLessThanOrEqualTo(i + Door.WINDOW);
            one.lane.serve("client " + i);
            assertThat(clients.get(i).readAll()).isEqualTo("client " + i);
        }
        assertThat(door.counters().accepted()).isEqualTo(count);
    }

    @Test
    void refusedConnectionGoesToAnother() throws Exception {
        Serving one = serving(1);
        Serving two = serving(2);
        Client client = client(one.listening);
        one.lane.refuse(one.lane.take());
        two.lane.serve("two");
        assertThat(client.readAll()).isEqualTo("two");
        assertThat(door.counters().refused()).isEqualTo(1);
    }

    @Test
    void endOfALaneOffersWhatIsUnclaimedToAnother() throws Exception {
        Serving one = serving(1);
        Serving two = serving(2);
        Client claimed = client(one.listening);
        Offer kept = one.lane.take();
        assertThat(one.lane.claim(kept)).isTrue();
        two.lane.wants(false);
        Client unclaimed = client(one.listening);
        Offer lost = one.lane.take();
        two.lane.wants(true);
        one.lane.close();

        two.lane.serve("two");
        lost.fd().close();
        assertThat(unclaimed.readAll()).isEqualTo("two");
        assertThat(one.lane.claim(lost)).isFalse();
        // A lane's end is not its process's: what was claimed is still served.
        one.lane.answer(kept, "one");
        assertThat(claimed.readAll()).isEqualTo("one");
    }

    @Test
    void endOfTheProcessEndsItsLaneThoughSomebodyHoldsTheSocket() throws Exception {
        Serving one = serving(1);
        Serving two = serving(2);
        two.lane.wants(false);
        Client client = client(one.listening);
        Offer lost = one.lane.take();
        two.lane.wants(true);
        // As after fork(2) in the worker: its end of lane and control stays open in a grandchild.
        door.exited(1);
        two.lane.serve("two");
        lost.fd().close();
        assertThat(client.readAll()).isEqualTo("two");
        one.lane.awaitClosed();
        awaitOpenLanes(1);
    }

    @Test
    void endOfControlLeavesTheLaneOpen() throws Exception {
        Serving one = serving(1);
        one.worker.close();
        Eventually.eventually("disconnected", () -> door.events.remove("disconnected 1"));
        Client client = client(one.listening);
        one.lane.serve("still here");
        assertThat(client.readAll()).isEqualTo("still here");
    }

    @Test
    void drainTakesBackWhatIsUnclaimedAndSendsNothingMore() throws Exception {
        Serving one = serving(1);
        Serving two = serving(2);
        two.lane.wants(false);
        Client client = client(one.listening);
        Offer lost = one.lane.take();
        two.lane.wants(true);
        assertThat(door.drain(1)).isTrue();
        assertThat(one.worker.next(Drain.class).deadlineMillis()).isEqualTo(1000);
        two.lane.serve("two");
        assertThat(one.lane.claim(lost)).isFalse();
        lost.fd().close();
        assertThat(client.readAll()).isEqualTo("two");
        Client next = client(one.listening);
        two.lane.serve("two again");
        assertThat(next.readAll()).isEqualTo("two again");
        assertThat(one.lane.isClosed()).isFalse();
    }

    @Test
    void unlistenClosesTheLane() throws Exception {
        Serving one = serving(1);
        one.worker.say(new Unlisten(one.listening.listener()));
        one.lane.awaitClosed();
        Eventually.eventually("no listener", () -> door.listeners().isEmpty());
    }

    @Test
    void workerThatWritesNonsenseInItsPageLosesTheLaneOnly() throws Exception {
        Serving one = serving(1);
        Serving two = serving(2);
        Client client = client(one.listening);
        Offer offer = one.lane.take();
        assertThat(one.lane.page.transition(offer.sequence(), ClaimState.OFFERED, ClaimState.EMPTY))
                .isTrue();
        one.lane.ring();
        one.lane.awaitClosed();
        log.awaitWarning("worker 1 broke the protocol");
        offer.fd().close();
        // It may have been served: nobody else gets it, and its client learns so.
        assertThat(client.readAll()).isEmpty();
        Client next = client(one.listening);
        two.lane.serve("two");
        assertThat(next.readAll()).isEqualTo("two");
        assertThat(one.worker.isClosed()).isFalse();
    }

    @Test
    void closedListenerTellsItsClients() throws Exception {
        Serving one = serving(1);
        Client client = client(one.listening);
        Offer lost = one.lane.take();
        // The only one who could have it leaves: nobody will ever serve it.
        one.worker.say(new Unlisten(one.listening.listener()));
        // The copy in the worker is open all the while.
        assertThat(client.readAll()).isEmpty();
        lost.fd().close();
    }
}
