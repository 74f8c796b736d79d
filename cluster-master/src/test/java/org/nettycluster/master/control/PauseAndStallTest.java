package org.nettycluster.master.control;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.WorkerId;

/** Workers that are passed over: because somebody has asked for it, or because a loop of theirs stands. */
@Timeout(60)
class PauseAndStallTest {
    private final Door door = new Door();
    private final List<AutoCloseable> open = new ArrayList<>();

    PauseAndStallTest() throws Exception {}

    @AfterEach
    void close() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable each : open) {
            each.close();
        }
        door.close();
    }

    private record Serving(FakeWorker worker, Listening listening, FakeLane lane) {}

    private Serving serving(int number) throws Exception {
        FakeWorker worker = door.worker(number);
        open.add(worker);
        Listening listening = worker.listen(ListenTest.loopback(0));
        FakeLane lane = worker.lane(listening);
        open.add(lane);
        Eventually.eventually("listening " + number, () -> door.events.remove("listening " + number));
        return new Serving(worker, listening, lane);
    }

    private void pause(int number, boolean pause) throws Exception {
        assertThat(door.onLoop(() -> door.server.pause(new WorkerId(number, 0), pause)))
                .isTrue();
    }

    private ControlServer.Presence presence(int number) throws Exception {
        return door.onLoop(() -> {
            ControlServer.Presence there = door.server.presence().get(new WorkerId(number, 0));
            if (there == null) {
                throw new AssertionError("worker " + number + " is not known");
            }
            return there;
        });
    }

    private String served(Serving by, String answer) throws Exception {
        try (Client client = new Client(by.listening.address())) {
            by.lane.serve(answer);
            return client.readAll();
        }
    }

    @Test
    void pausedWorkerKeepsItsConnectionsAndWhatItHasNotClaimedGoesToOthers() throws Exception {
        Serving one = serving(1);
        Client kept = new Client(one.listening.address());
        open.add(kept);
        FakeLane.Offer claimed = one.lane.take();
        one.lane.claim(claimed);
        Client waiting = new Client(one.listening.address());
        open.add(waiting);
        FakeLane.Offer unclaimed = one.lane.take();
        pause(1, true);
        assertThat(presence(1).paused()).isTrue();
        Serving other = serving(2);
        other.lane.serve("the other");
        // As a worker would whose claim came too late.
        assertThat(one.lane.claim(unclaimed)).isFalse();
        unclaimed.fd().close();
        assertThat(waiting.readAll()).isEqualTo("the other");
        for (int i = 0; i < 3; i++) {
            assertThat(served(other, "again")).isEqualTo("again");
        }
        one.lane.answer(claimed, "kept");
        assertThat(kept.readAll()).isEqualTo("kept");
        assertThat(presence(1).traffic()).isEqualTo(new Traffic(0, 1));
    }

    @Test
    void clientsOfAPausedFleetWaitUntilItIsResumed() throws Exception {
        Serving one = serving(1);
        pause(1, true);
        try (Client client = new Client(one.listening.address())) {
            // A lane that opens later is paused, too.
            FakeLane second = one.worker.lane(one.worker.listen(one.worker.ask(ListenTest.loopback(0), 1)));
            open.add(second);
            assertThat(one.lane.hasOffer()).isFalse();
            pause(1, false);
            one.lane.serve("resumed");
            assertThat(client.readAll()).isEqualTo("resumed");
        }
    }

    @Test
    void unknownWorkerCannotBePaused() throws Exception {
        assertThat(door.onLoop(() -> door.server.pause(new WorkerId(9, 0), true)))
                .isFalse();
    }

    @Test
    void workerWhoseLoopStandsIsToldOnceAndPassedOverUntilItMoves() throws Exception {
        Serving one = serving(1);
        Serving other = serving(2);
        one.lane
                .page
                .heartbeats()
                .asked(3, System.nanoTime() - Duration.ofSeconds(2).toNanos());
        Eventually.eventually("the stall", () -> door.events.remove("stalled 1 loop 3"));
        Stall stall = presence(1).stall();
        assertThat(stall).isNotNull();
        assertThat(System.nanoTime() - stall.since())
                .isGreaterThan(Duration.ofSeconds(2).toNanos());
        for (int i = 0; i < 4; i++) {
            assertThat(served(other, "well")).isEqualTo("well");
        }
        assertThat(one.lane.hasOffer()).isFalse();
        one.lane.page.heartbeats().answered(3);
        Eventually.eventually("the recovery", () -> door.events.remove("recovered 1"));
        assertThat(door.events).as("each was told once").noneMatch(event -> event.startsWith("stalled"));
        assertThat(served(one, "moves again")).isEqualTo("moves again");
    }

    @Test
    void onlyWorkerGetsConnectionsEvenIfItStands() throws Exception {
        Serving one = serving(1);
        one.lane
                .page
                .heartbeats()
                .beat(System.nanoTime() - Duration.ofSeconds(2).toNanos());
        Eventually.eventually("the stall", () -> door.events.remove("stalled 1 loop 0"));
        try (Client client = new Client(one.listening.address())) {
            one.lane.serve("by another loop");
            assertThat(client.readAll()).isEqualTo("by another loop");
        }
    }

    @Test
    void workerThatDrainsIsNotWatched() throws Exception {
        Serving one = serving(1);
        door.drain(1);
        one.lane
                .page
                .heartbeats()
                .beat(System.nanoTime() - Duration.ofSeconds(5).toNanos());
        Serving other = serving(2);
        other.lane
                .page
                .heartbeats()
                .beat(System.nanoTime() - Duration.ofSeconds(5).toNanos());
        Eventually.eventually("the stall of the other", () -> door.events.remove("stalled 2 loop 0"));
        assertThat(presence(1).stall()).isNull();
    }

    @Test
    void connectionsOfAWorkerThatDrainsAreCountedAfterItsLaneHasClosed() throws Exception {
        Serving one = serving(1);
        Client client = new Client(one.listening.address());
        open.add(client);
        FakeLane.Offer offer = one.lane.take();
        one.lane.claim(offer);
        door.drain(1);
        one.lane.close();
        one.lane.awaitClosed();
        Eventually.eventually("no lane", () -> door.listeners().get(0).lanes().isEmpty());
        assertThat(presence(1).traffic()).isEqualTo(new Traffic(1, 1));
        one.lane.answer(offer, "bye");
        assertThat(client.readAll()).isEqualTo("bye");
        assertThat(presence(1).traffic()).isEqualTo(new Traffic(0, 1));
    }
}
