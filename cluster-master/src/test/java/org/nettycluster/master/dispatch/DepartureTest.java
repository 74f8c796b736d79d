package org.nettycluster.master.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.dispatch.LanePort.Sent;
import org.nettycluster.master.schedule.RoundRobin;

/** What is accepted together leaves together, lane by lane, and nothing of it is lost if it can't. */
class DepartureTest {
    private static final long MS = 1_000_000;

    private final List<Integer> order = new ArrayList<>();
    private final List<Integer> closed = new ArrayList<>();
    private final Dispatcher dispatcher = new Dispatcher(
            new RoundRobin(), 10 * MS, 5 * MS, 0, 100 * MS, new Capacity(ConnectionLimits.NONE), Crowding.UNKNOWN);
    private final TestLane one = open(1);
    private final TestLane two = open(2);
    private long now = 1_000 * MS;

    private TestLane open(int worker) {
        TestLane lane = new TestLane(worker, 8);
        lane.onSend = order::add;
        dispatcher.laneOpened(lane.lane);
        return lane;
    }

    private void place(int... fds) {
        for (int fd : fds) {
            assertThat(dispatcher.ready(now)).as("ready for %s", fd).isTrue();
            dispatcher.place(new AcceptedConnection(fd, fd, new byte[8], closed::add), now);
        }
    }

    @Test
    void aBatchGoesOutLaneByLaneWithEachLanesShareInOrder() {
        place(10, 11, 12, 13, 14, 15);
        assertThat(order).isEmpty();

        dispatcher.send(now);

        assertThat(one.sent).containsExactly(10, 12, 14);
        assertThat(two.sent).containsExactly(11, 13, 15);
        assertThat(order).containsAnyOf(10, 11).hasSize(6);
        assertThat(Math.abs(order.indexOf(14) - order.indexOf(10)))
                .as("one lane at a time")
                .isEqualTo(2);
    }

    @Test
    void aBatchEndsWhereNoCellIsFree() {
        for (int fd = 10; fd < 26; fd++) {
            place(fd);
        }

        assertThat(dispatcher.ready(now)).isFalse();
    }

    @Test
    void whatAFullPipeLeavesOverGoesToTheOtherLane() {
        place(10, 11, 12, 13);
        one.answer = Sent.FULL;

        dispatcher.send(now);

        assertThat(one.sent).isEmpty();
        assertThat(two.sent).containsExactlyInAnyOrder(10, 11, 12, 13);
        assertThat(one.lane.given()).isZero();
    }

    @Test
    void theNumbersOfWhatWasNotSentAreUsedAgain() {
        place(10, 11, 12, 13);
        one.answer = Sent.FULL;
        dispatcher.send(now);
        for (long sequence = 0; sequence < 4; sequence++) {
            two.claim(sequence);
        }
        one.answer = Sent.YES;
        now += 20 * MS;
        dispatcher.run(now);

        place(20);
        dispatcher.send(now);
        one.claim(0);
        dispatcher.run(now);

        assertThat(one.sent).containsExactly(20);
        assertThat(closed).contains(20);
    }

    @Test
    void aKernelThatPassesNoDescriptorsMakesAllOfThemWaitInOrder() {
        place(10, 11, 12);
        one.answer = Sent.STARVED;
        two.answer = Sent.STARVED;
        dispatcher.send(now);
        assertThat(dispatcher.counters().waiting()).isEqualTo(3);
        assertThat(dispatcher.ready(now)).isFalse();

        one.answer = Sent.YES;
        two.answer = Sent.YES;
        now += 5 * MS;
        dispatcher.run(now);

        assertThat(order).containsExactly(10, 11, 12);
        assertThat(closed).isEmpty();
    }

    @Test
    void aWorkerThatClaimsWhatItWasNotSentGetsItNevertheless() {
        place(10);
        one.claim(0);

        dispatcher.run(now);

        assertThat(one.sent).containsExactly(10);
        assertThat(closed).containsExactly(10);
    }
}
