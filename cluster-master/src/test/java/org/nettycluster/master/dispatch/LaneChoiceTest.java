package org.nettycluster.master.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.schedule.RoundRobin;

/** How lanes that are new, or were away, take their part. */
class LaneChoiceTest {
    private static final long MS = 1_000_000;
    private static final long RESCUE = 10 * MS;

    private final List<Integer> closed = new ArrayList<>();
    private Dispatcher dispatcher = coldFor(0);
    private long now = 1_000 * MS;

    private static Dispatcher coldFor(long nanoseconds) {
        return dispatcher(nanoseconds, Crowding.UNKNOWN);
    }

    private static Dispatcher dispatcher(long coldFor, Crowding crowd) {
        Capacity capacity = new Capacity(ConnectionLimits.NONE);
        return new Dispatcher(new RoundRobin(), RESCUE, RESCUE / 2, coldFor, 100 * MS, capacity, crowd);
    }

    private TestLane opens(TestLane lane) {
        dispatcher.laneOpened(lane.lane);
        return lane;
    }

    private void accept(int... fds) {
        for (int fd : fds) {
            dispatcher.run(now);
            assertThat(dispatcher.ready(now)).as("ready for %s", fd).isTrue();
            dispatcher.place(new AcceptedConnection(fd, fd, new byte[8], closed::add), now);
            dispatcher.send(now);
        }
    }

    private void after(long nanoseconds) {
        now += nanoseconds;
        dispatcher.run(now);
    }

    @Test
    void aLaneThatHasClaimedNothingHoldsOneOfferAtATime() {
        TestLane lane = opens(TestLane.unproven(1, 8));
        accept(10);

        assertThat(dispatcher.ready(now)).isFalse();

        lane.claim(0);
        after(0);
        accept(11, 12);
        assertThat(lane.sent).containsExactly(10, 11, 12);
    }

    @Test
    void aFleetJustStartedIsFilledEvenlyThoughOneWorkerIsFaster() {
        dispatcher = coldFor(1000 * MS);
        TestLane fast = opens(TestLane.unproven(1, 8));
        TestLane slow = opens(TestLane.unproven(2, 8));
        accept(10, 11);
        fast.claim(0);
        after(20 * MS);
        accept(12);

        assertThat(dispatcher.ready(now)).as("the slow one's turn is kept").isFalse();

        slow.claim(0);
        after(0);
        accept(13, 14, 15);
        assertThat(fast.sent).hasSize(3);
        assertThat(slow.sent).hasSize(3);
    }

    @Test
    void onAColdListenerTheTurnsOfALaneAreKeptAlsoAfterItsFirstClaim() {
        dispatcher = coldFor(1000 * MS);
        TestLane fast = opens(TestLane.unproven(1, 1));
        TestLane slow = opens(TestLane.unproven(2, 1));
        accept(10, 11);
        fast.claim(0);
        slow.claim(0);
        accept(12, 13);
        fast.claim(1);

        after(20 * RESCUE - 1);
        accept(14);
        fast.claim(2);
        dispatcher.run(now);
        assertThat(dispatcher.ready(now)).as("the slow one's turn is kept").isFalse();

        after(1);
        assertThat(fast.sent).as("it has waited long enough").contains(13);
    }

    @Test
    void onAListenerThatIsColdNoMoreALateLaneIsPassedOver() {
        dispatcher = coldFor(1000 * MS);
        TestLane one = opens(new TestLane(1, 8));
        TestLane two = opens(new TestLane(2, 8));
        accept(10, 11);
        one.claim(0);
        two.claim(0);
        after(1001 * MS);
        accept(12, 13);
        two.claim(1);

        after(RESCUE);

        assertThat(two.sent).contains(12);
    }

    @Test
    void turnsAreNotKeptForALaneThatNeverProvesItself() {
        dispatcher = coldFor(1000 * MS);
        TestLane well = opens(TestLane.unproven(1, 8));
        opens(TestLane.unproven(2, 8));
        accept(10, 11);
        well.claim(0);
        after(20 * RESCUE);

        accept(12, 13, 14);
        assertThat(well.sent).contains(12, 13, 14);
    }

    @Test
    void nobodyWaitsForTheFirstClaimOfASuccessor() {
        TestLane old = opens(new TestLane(1, 8));
        accept(10);
        old.claim(0);
        after(50 * RESCUE);
        TestLane successor = opens(TestLane.unproven(2, 8));

        accept(11, 12, 13, 14);

        assertThat(successor.sent).hasSize(1);
        assertThat(old.sent).hasSize(4);
    }

    @Test
    void theFirstOfferOfASuccessorHasTenTimesThePatience() {
        TestLane old = opens(new TestLane(1, 8));
        accept(10);
        old.claim(0);
        after(50 * RESCUE);
        TestLane successor = opens(TestLane.unproven(2, 8));
        accept(11, 12);
        int first = successor.sent.get(0);
        old.claim(1);

        after(10 * RESCUE - 1);
        assertThat(old.sent).doesNotContain(first);

        after(1);
        assertThat(old.sent).contains(first);
    }

    @Test
    void aLaneFromWhichAConnectionWasTakenBackIsFirstInLineWhenItIsWell() {
        TestLane one = opens(new TestLane(1, 8));
        TestLane two = opens(new TestLane(2, 8));
        accept(10, 11);
        two.claim(0);
        after(RESCUE);
        assertThat(two.sent).containsExactly(11, 10);
        two.claim(1);
        one.giveBack(0);
        after(0);

        accept(12, 13, 14, 15);

        assertThat(one.sent.size() - 1).as("one of its offers came back").isEqualTo(3);
        assertThat(two.sent).hasSize(3);
    }

    @Test
    void aLaneThatWasAwayCatchesUpByAWindowAtMost() {
        TestLane here = opens(new TestLane(1, 4));
        TestLane away = opens(new TestLane(2, 4));
        away.page.wants(false);
        for (int fd = 0; fd < 40; fd++) {
            accept(fd);
            here.claim(fd);
        }
        away.page.wants(true);

        for (int i = 0; i < 4; i++) {
            accept(100 + i);
            away.claim(i);
        }
        accept(200, 201);

        assertThat(away.sent).startsWith(100, 101, 102, 103).hasSize(5);
        assertThat(here.sent).hasSize(41);
    }

    @Test
    void aLaneThatJoinsLateMakesUpForNothing() {
        TestLane old = opens(new TestLane(1, 8));
        for (int fd = 0; fd < 20; fd++) {
            accept(fd);
            old.claim(fd);
        }
        after(30 * RESCUE);
        TestLane late = opens(new TestLane(2, 8));

        accept(100, 101, 102, 103);

        assertThat(late.sent).hasSize(2);
    }

    /** Both lanes have held an offer for so long while the master waited for them; then both have claimed. */
    private void everybodyTook(long nanoseconds, TestLane... lanes) {
        accept(1, 2);
        dispatcher.runThenArm(now);
        now += nanoseconds;
        for (TestLane lane : lanes) {
            lane.claim(lane.sent.size() - 1);
        }
        dispatcher.run(now);
    }

    @Test
    void whenEverybodyTakesLongerTheTurnsAreKeptForLonger() {
        TestLane one = opens(new TestLane(1, 1));
        TestLane two = opens(new TestLane(2, 1));
        everybodyTook(4 * MS, one, two);
        accept(10, 11);
        two.claim(1);

        after(RESCUE + 1);

        assertThat(two.sent)
                .as("nothing is taken back from a lane that is as slow as the rest")
                .doesNotContain(10);
        assertThat(dispatcher.ready(now)).as("its turn is kept").isFalse();
    }

    @Test
    void whenTheOthersArePromptALateLaneIsNotExcused() {
        TestLane one = opens(new TestLane(1, 8));
        TestLane two = opens(new TestLane(2, 8));
        everybodyTook(0, one, two);
        accept(10, 11);
        two.claim(1);

        after(RESCUE);

        assertThat(two.sent).contains(10);
    }

    @Test
    void theSlownessOfALaneDoesNotExcuseItself() {
        TestLane slow = opens(new TestLane(1, 8));
        TestLane well = opens(new TestLane(2, 8));
        accept(1, 2);
        well.claim(0);
        dispatcher.runThenArm(now);
        now += 4 * MS;
        slow.claim(0);
        dispatcher.run(now);
        accept(10, 11);
        well.claim(1);

        after(RESCUE);

        assertThat(well.sent).contains(10);
    }

    @Test
    void noSlownessExcusesMoreThanTenTimesTheRescueTime() {
        TestLane one = opens(new TestLane(1, 8));
        TestLane two = opens(new TestLane(2, 8));
        everybodyTook(RESCUE * 100, one, two);
        accept(10, 11);
        two.claim(1);

        after(10 * RESCUE - 1);
        assertThat(two.sent).doesNotContain(10);

        after(1);
        assertThat(two.sent).contains(10);
    }

    @Test
    void whoeverTheKernelLetsWaitForAProcessorIsNotLate() {
        int[] runnable = {9};
        dispatcher = dispatcher(0, new Crowding(2, () -> runnable[0]));
        TestLane one = opens(new TestLane(1, 8));
        TestLane two = opens(new TestLane(2, 8));
        accept(10, 11);
        two.claim(0);

        after(20 * RESCUE - 1);
        assertThat(two.sent).doesNotContain(10);
        accept(12);
        assertThat(one.sent).as("it keeps its turn").containsExactly(10, 12);

        runnable[0] = 1;
        after(10 * RESCUE);
        assertThat(two.sent).as("nobody waits for a processor now").contains(10, 12);
    }

    @Test
    void aCrowdExcusesNobodyForLongerThanTwentyTimesTheRescueTime() {
        dispatcher = dispatcher(0, new Crowding(2, () -> 9));
        opens(new TestLane(1, 8));
        TestLane two = opens(new TestLane(2, 8));
        accept(10, 11);
        two.claim(0);

        after(20 * RESCUE);

        assertThat(two.sent).contains(10);
    }

    @Test
    void aCrowdDoesNotExcuseAProcessThatIsStopped() {
        dispatcher = dispatcher(0, new Crowding(2, () -> 9));
        TestLane one = opens(new TestLane(1, 8));
        TestLane two = opens(new TestLane(2, 8));
        accept(10, 11);
        two.claim(0);
        one.stopped = true;

        after(RESCUE);

        assertThat(two.sent).contains(10);
    }

    @Test
    void whatHasWaitedGoesToALaneThatOwesNoClaim() {
        TestLane stopped = opens(new TestLane(1, 8));
        TestLane stoppedToo = opens(new TestLane(2, 8));
        TestLane well = opens(new TestLane(3, 8));
        accept(10);
        now += RESCUE - 1;
        accept(11, 12);
        well.claim(0);

        after(1);

        assertThat(stopped.sent).containsExactly(10);
        assertThat(stoppedToo.sent)
                .as("healthy as far as is known, but it has not answered yet")
                .doesNotContain(10);
        assertThat(well.sent).contains(10);
    }

    @Test
    void whatIsOldIsForgottenWhenNobodyHasConnectedForASecond() {
        TestLane one = opens(new TestLane(1, 8));
        TestLane two = opens(new TestLane(2, 8));
        accept(10, 11);
        two.claim(0);
        after(RESCUE);
        two.claim(1);
        one.giveBack(0);
        after(1001 * MS);

        accept(12, 13, 14, 15);

        assertThat(one.sent).as("no more than its turn").hasSize(1 + 2);
    }

    @Test
    void whoSeemsLateIsLookedAtOnceMoreBeforeItIsPassedOver() {
        TestLane one = opens(new TestLane(1, 8));
        TestLane two = opens(new TestLane(2, 8));
        accept(10, 11);
        two.claim(0);
        after(RESCUE / 2);
        one.claim(0);

        assertThat(dispatcher.ready(now)).isTrue();
        dispatcher.place(new AcceptedConnection(12, 12, new byte[8], closed::add), now);
        dispatcher.send(now);

        assertThat(one.sent).contains(12);
    }
}
