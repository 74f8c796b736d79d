package org.nettycluster.master.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.schedule.RoundRobin;
import org.nettycluster.protocol.WorkerId;

/** Limits of connections, decided without a socket. */
class CapacityTest {
    private static final long MS = 1_000_000;

    private final List<Integer> closed = new ArrayList<>();
    private long now = 1_000 * MS;

    private Capacity limits(int perWorker, int total) {
        return new Capacity(new ConnectionLimits(perWorker, total, Overload.WAIT));
    }

    private static Dispatcher dispatcher(Capacity capacity) {
        return new Dispatcher(new RoundRobin(), 10 * MS, 5 * MS, 0, 100 * MS, capacity, Crowding.UNKNOWN);
    }

    private static TestLane open(Dispatcher dispatcher, int worker) {
        return open(dispatcher, worker, 0);
    }

    private static TestLane open(Dispatcher dispatcher, int worker, int limit) {
        TestLane lane = new TestLane(worker, 4);
        lane.lane.limit(limit);
        dispatcher.laneOpened(lane.lane);
        return lane;
    }

    private void accept(Dispatcher dispatcher, int... fds) {
        for (int fd : fds) {
            assertThat(dispatcher.ready(now)).as("a place for %d", fd).isTrue();
            dispatcher.place(new AcceptedConnection(fd, fd, new byte[8], closed::add), now);
            dispatcher.send(now);
        }
    }

    private static void claim(TestLane lane, long sequence) {
        lane.claim(sequence);
        lane.page.countAdopted();
    }

    @Test
    void anOfferCountsBeforeItIsClaimedAndUntilItsConnectionHasEnded() {
        Capacity capacity = limits(1, 0);
        Dispatcher dispatcher = dispatcher(capacity);
        TestLane lane = open(dispatcher, 1);
        accept(dispatcher, 10);
        assertThat(dispatcher.ready(now)).isFalse();
        assertThat(dispatcher.atLimit(now)).isTrue();

        claim(lane, 0);
        dispatcher.run(now);
        assertThat(capacity.open()).isEqualTo(1);
        assertThat(dispatcher.ready(now)).isFalse();

        lane.page.countClosed();
        assertThat(capacity.open()).isZero();
        assertThat(dispatcher.ready(now)).isTrue();
        assertThat(dispatcher.atLimit(now)).isFalse();
    }

    @Test
    void aWorkerAtItsLimitIsPassedOverAndTakesItsTurnsAgainLater() {
        Dispatcher dispatcher = dispatcher(limits(2, 0));
        TestLane one = open(dispatcher, 1);
        TestLane two = open(dispatcher, 2);
        accept(dispatcher, 10, 11, 12, 13);
        for (TestLane each : List.of(one, two)) {
            claim(each, 0);
            claim(each, 1);
        }
        two.page.countClosed();
        two.page.countClosed();
        dispatcher.run(now);

        accept(dispatcher, 14, 15);

        assertThat(two.sent).containsExactly(11, 13, 14, 15);
        assertThat(dispatcher.ready(now)).isFalse();
    }

    @Test
    void whoWaitsForAPlaceIsToldByARingAndNeedsNoTimer() {
        Dispatcher dispatcher = dispatcher(limits(1, 0));
        TestLane lane = open(dispatcher, 1);
        accept(dispatcher, 10);
        claim(lane, 0);
        assertThat(lane.page.takeEndBell()).as("nobody waits").isFalse();

        dispatcher.runThenArm(now);

        assertThat(dispatcher.delay(now, true)).isEqualTo(Long.MAX_VALUE);
        assertThat(lane.page.takeEndBell()).isTrue();
    }

    @Test
    void aPlaceThatIsFreedBesideAStalledWorkerIsToldToo() {
        Dispatcher dispatcher = dispatcher(limits(1, 0));
        open(dispatcher, 1);
        TestLane well = open(dispatcher, 2);
        accept(dispatcher, 10);
        now += 10 * MS;
        dispatcher.run(now);
        assertThat(well.sent).as("rescued").containsExactly(10);
        claim(well, 0);

        dispatcher.runThenArm(now);

        assertThat(dispatcher.ready(now)).isFalse();
        assertThat(dispatcher.delay(now, true)).isEqualTo(Long.MAX_VALUE);
        assertThat(dispatcher.atLimit(now)).as("the stall will pass").isFalse();
        assertThat(well.page.takeEndBell()).isTrue();
    }

    @Test
    void withoutALimitNoEndRings() {
        Dispatcher dispatcher = dispatcher(limits(0, 0));
        TestLane lane = open(dispatcher, 1);
        accept(dispatcher, 10, 11, 12, 13);

        dispatcher.runThenArm(now);

        assertThat(dispatcher.ready(now)).as("the window is full").isFalse();
        assertThat(dispatcher.atLimit(now)).isFalse();
        assertThat(lane.page.takeEndBell()).isFalse();
    }

    @Test
    void aFullWindowBesideAWorkerAtItsLimitIsNoLimit() {
        Dispatcher dispatcher = dispatcher(limits(5, 0));
        TestLane one = open(dispatcher, 1);
        accept(dispatcher, 1, 2, 3, 4);
        for (int i = 0; i < 4; i++) {
            claim(one, i);
        }
        dispatcher.run(now);
        accept(dispatcher, 5);
        open(dispatcher, 2);
        accept(dispatcher, 11, 12, 13, 14);

        assertThat(dispatcher.ready(now)).isFalse();
        assertThat(dispatcher.atLimit(now)).as("it will pass by itself").isFalse();
    }

    @Test
    void theTotalCountsWorkersThatDrainUntilTheirConnectionsEnd() {
        Capacity capacity = limits(0, 2);
        Dispatcher dispatcher = dispatcher(capacity);
        TestLane old = open(dispatcher, 1);
        accept(dispatcher, 10, 11);
        claim(old, 0);
        claim(old, 1);
        dispatcher.run(now);
        dispatcher.laneEnded(old.lane);
        open(dispatcher, 2);

        assertThat(dispatcher.ready(now)).isFalse();
        assertThat(dispatcher.delay(now, true)).as("a closed lane rings nobody").isEqualTo(100 * MS);

        old.page.countClosed();
        assertThat(dispatcher.ready(now)).isTrue();
    }

    @Test
    void aProcessThatHasEndedHasNoConnections() {
        Capacity capacity = limits(0, 1);
        Dispatcher dispatcher = dispatcher(capacity);
        TestLane lane = open(dispatcher, 1);
        accept(dispatcher, 10);
        claim(lane, 0);
        dispatcher.laneEnded(lane.lane);
        List<String> told = new ArrayList<>();
        capacity.watch(() -> told.add("freed"));

        capacity.exited(new WorkerId(1, 0));

        assertThat(capacity.open()).isZero();
        assertThat(told).containsExactly("freed");
    }

    @Test
    void whatWasTakenBackIsNotCountedForItsWorkerAnyMoreButForTheWhole() {
        Capacity capacity = limits(1, 3);
        Dispatcher dispatcher = dispatcher(capacity);
        TestLane lane = open(dispatcher, 1);
        accept(dispatcher, 10);
        lane.page.wants(false);
        dispatcher.run(now);

        assertThat(lane.lane.open()).isZero();
        assertThat(capacity.open()).as("it waits in our hand").isEqualTo(1);
    }

    @Test
    void aLimitHoldsForAllListenersOfAWorkerTogether() {
        Capacity capacity = limits(1, 0);
        Dispatcher web = dispatcher(capacity);
        Dispatcher metrics = dispatcher(capacity);
        open(web, 1);
        open(metrics, 1);
        accept(web, 10);

        assertThat(metrics.ready(now)).isFalse();
        assertThat(metrics.atLimit(now)).isTrue();
    }

    @Test
    void aLaneMayHaveALimitOfItsOwnAndTheOthersGetTheRest() {
        Capacity capacity = limits(0, 0);
        Dispatcher dispatcher = dispatcher(capacity);
        TestLane small = open(dispatcher, 1, 1);
        TestLane other = open(dispatcher, 2);

        accept(dispatcher, 10, 11, 12, 13);

        assertThat(small.sent).containsExactly(10);
        assertThat(other.sent).containsExactly(11, 12, 13);
        assertThat(dispatcher.atLimit(now)).isFalse();
    }

    @Test
    void whoWaitsForAPlaceInALaneWithALimitIsToldByARingAndNeedsNoTimer() {
        Capacity capacity = limits(0, 0);
        Dispatcher dispatcher = dispatcher(capacity);
        TestLane lane = open(dispatcher, 1, 1);
        accept(dispatcher, 10);
        claim(lane, 0);
        dispatcher.runThenArm(now);
        assertThat(dispatcher.ready(now)).isFalse();
        assertThat(dispatcher.atLimit(now)).isTrue();
        assertThat(dispatcher.delay(now, true)).isEqualTo(Long.MAX_VALUE);

        assertThat(lane.page.takeEndBell()).isTrue();
        lane.page.countClosed();
        assertThat(dispatcher.ready(now)).isTrue();
    }

    @Test
    void aLanesLimitHoldsForItsListenerOnlyAndForItsWorkersNextLaneNotAtAll() {
        Capacity capacity = limits(0, 0);
        Dispatcher web = dispatcher(capacity);
        Dispatcher metrics = dispatcher(capacity);
        TestLane lane = open(web, 1, 1);
        open(metrics, 1);
        accept(web, 10);
        claim(lane, 0);
        assertThat(web.ready(now)).isFalse();
        accept(metrics, 11, 12);

        web.laneEnded(lane.lane);
        open(web, 1);
        accept(web, 13, 14);
        assertThat(web.atLimit(now)).isFalse();
    }

    @Test
    void aWorkerThatWritesNonsenseAboutEndsHarmsNobodyElse() {
        Capacity capacity = limits(2, 4);
        Dispatcher dispatcher = dispatcher(capacity);
        TestLane liar = open(dispatcher, 1);
        TestLane honest = open(dispatcher, 2);
        for (int i = 0; i < 1_000; i++) {
            liar.page.countClosed();
        }
        accept(dispatcher, 10, 11, 12, 13, 14);

        assertThat(liar.lane.open()).isZero();
        assertThat(honest.lane.open()).isEqualTo(2);
        assertThat(capacity.open()).isEqualTo(2);
    }
}
