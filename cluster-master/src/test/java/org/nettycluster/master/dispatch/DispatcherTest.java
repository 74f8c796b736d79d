package org.nettycluster.master.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.dispatch.LanePort.Sent;
import org.nettycluster.master.schedule.RoundRobin;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.ClaimWord;

class DispatcherTest {
    private static final long MS = 1_000_000;
    private static final long RESCUE = 10 * MS;
    private static final long PROMPT = RESCUE / 2;

    private final List<Integer> closed = new ArrayList<>();
    private final List<Integer> shutDown = new ArrayList<>();
    private final Dispatcher dispatcher = new Dispatcher(
            new RoundRobin(), RESCUE, RESCUE / 2, 0, 100 * MS, new Capacity(ConnectionLimits.NONE), Crowding.UNKNOWN);
    private long now = 1_000 * MS;

    private final AcceptedConnection.FdCloser closer = new AcceptedConnection.FdCloser() {
        @Override
        public void close(int fd) {
            closed.add(fd);
        }

        @Override
        public void shutdownAndClose(int fd) {
            shutDown.add(fd);
            closed.add(fd);
        }
    };

    private TestLane open(int worker, int window) {
        TestLane lane = new TestLane(worker, window);
        dispatcher.laneOpened(lane.lane);
        return lane;
    }

    private void accept(int... fds) {
        for (int fd : fds) {
            dispatcher.place(new AcceptedConnection(fd, fd, new byte[8], closer), now);
            dispatcher.send(now);
        }
    }

    private void after(long nanoseconds) {
        now += nanoseconds;
        dispatcher.run(now);
    }

    private static long word(long sequence, ClaimState state) {
        return ClaimWord.of(sequence, state);
    }

    @Test
    void withoutALaneNothingIsAccepted() {
        assertThat(dispatcher.ready(now)).isFalse();
        assertThat(dispatcher.delay(now, true)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void connectionsGoToTheLanesInTurn() {
        TestLane one = open(1, 4);
        TestLane two = open(2, 4);

        accept(10, 11, 12, 13);

        assertThat(one.sent).containsExactly(10, 12);
        assertThat(two.sent).containsExactly(11, 13);
    }

    @Test
    void aClaimClosesTheDupOnceAndFreesTheCell() {
        TestLane lane = open(1, 1);
        accept(10);
        assertThat(dispatcher.ready(now)).isFalse();

        lane.claim(0);
        after(0);
        after(0);

        assertThat(closed).containsExactly(10);
        assertThat(lane.page.word(0)).isEqualTo(word(0, ClaimState.EMPTY));
        assertThat(dispatcher.ready(now)).isTrue();
        assertThat(dispatcher.counters().claimed()).isEqualTo(1);
    }

    @Test
    void claimsAreSettledInAnyOrder() {
        TestLane lane = open(1, 2);
        accept(10, 11);

        lane.claim(1);
        after(0);

        assertThat(closed).containsExactly(11);
        assertThat(dispatcher.ready(now))
                .as("the ring stops at the unclaimed cell")
                .isFalse();
    }

    @Test
    void aHealthyFullLaneIsWaitedForWhenItIsItsTurn() {
        TestLane one = open(1, 1);
        open(2, 4);
        accept(10, 11);

        assertThat(dispatcher.ready(now)).isFalse();
        assertThat(dispatcher.delay(now, true)).isEqualTo(PROMPT);

        one.claim(0);
        after(0);
        assertThat(dispatcher.ready(now)).isTrue();
    }

    @Test
    void aStalledLaneGetsNoSecondOffer() {
        TestLane stalled = open(1, 8);
        TestLane well = open(2, 8);
        accept(10);
        after(PROMPT);

        accept(11, 12, 13);
        assertThat(stalled.sent).containsExactly(10);
        assertThat(well.sent).containsExactly(11, 12, 13);
    }

    @Test
    void withOnlyStalledLanesClientsStayInTheBacklog() {
        open(1, 8);
        accept(10);

        after(PROMPT);

        assertThat(dispatcher.ready(now)).isFalse();
    }

    @Test
    void anUnclaimedOfferIsTakenBackForAPromptLane() {
        TestLane stalled = open(1, 8);
        TestLane well = open(2, 8);
        accept(10);

        after(RESCUE - 1);
        assertThat(well.sent).isEmpty();
        after(1);

        assertThat(well.sent).containsExactly(10);
        assertThat(stalled.page.word(0)).isEqualTo(word(0, ClaimState.REVOKED));
        assertThat(well.page.word(0)).isEqualTo(word(0, ClaimState.OFFERED_AGAIN));
        assertThat(closed).isEmpty();
    }

    @Test
    void aLaneWithARevokedCellGetsNothingUntilItIsGivenBack() {
        TestLane stalled = open(1, 8);
        TestLane well = open(2, 8);
        accept(10);
        after(RESCUE);
        well.claim(0);
        after(0);

        accept(11);
        assertThat(stalled.sent).containsExactly(10);
        well.claim(1);
        stalled.giveBack(0);
        after(0);

        accept(12);
        assertThat(stalled.sent).containsExactly(10, 12);
    }

    @Test
    void anOfferStaysWhereItIsWhileNoOtherLaneIsPrompt() {
        TestLane stalled = open(1, 8);
        TestLane other = open(2, 8);
        other.page.wants(false);
        accept(10);

        after(100 * RESCUE);

        assertThat(stalled.page.word(0)).isEqualTo(word(0, ClaimState.OFFERED));
    }

    @Test
    void patienceDoublesWithEachMove() {
        TestLane one = open(1, 8);
        TestLane two = open(2, 8);
        accept(10);
        after(RESCUE);
        assertThat(two.sent).containsExactly(10);
        one.giveBack(0);

        after(2 * RESCUE - 1);
        assertThat(one.sent).containsExactly(10);
        after(1);
        assertThat(one.sent).containsExactly(10, 10);
        two.giveBack(0);

        after(4 * RESCUE - 1);
        assertThat(two.sent).containsExactly(10);
        after(1);
        assertThat(two.sent).containsExactly(10, 10);
    }

    @Test
    void aFullPipeSendsTheConnectionToTheNextLane() {
        TestLane full = open(1, 8);
        TestLane well = open(2, 8);
        full.answer = Sent.FULL;

        accept(10);

        assertThat(well.sent).containsExactly(10);
        assertThat(full.page.word(0)).isZero();
    }

    @Test
    void aLaneWhosePipeWasFullKeepsItsTurnAndItsNumbers() {
        TestLane full = open(1, 8);
        open(2, 8);
        full.answer = Sent.FULL;
        accept(10);

        full.answer = Sent.YES;
        after(PROMPT);
        accept(11);

        assertThat(full.sent).containsExactly(11);
        assertThat(full.page.word(0)).isEqualTo(word(0, ClaimState.OFFERED));
    }

    @Test
    void anOfferThatWasNeverSentDoesNotMakeItsLaneLookStalled() {
        TestLane full = open(1, 8);
        TestLane well = open(2, 8);
        full.answer = Sent.FULL;
        accept(10);
        full.answer = Sent.YES;

        // No look at the pages in between.
        now += PROMPT;
        accept(11, 12, 13);

        assertThat(full.sent).containsExactly(11, 12, 13);
        assertThat(well.sent).containsExactly(10);
    }

    @Test
    void tooManyReferencesPauseAllLanes() {
        TestLane one = open(1, 8);
        TestLane two = open(2, 8);
        one.answer = Sent.STARVED;

        accept(10);

        assertThat(two.sent).isEmpty();
        assertThat(dispatcher.ready(now)).isFalse();
        assertThat(dispatcher.delay(now, true)).isEqualTo(PROMPT);
        one.answer = Sent.YES;
        after(PROMPT - 1);
        assertThat(one.failures).isEqualTo(1);
        after(1);
        assertThat(one.sent).containsExactly(10);
    }

    @Test
    void aDeadLaneIsLeftAloneUntilItsEnd() {
        TestLane dead = open(1, 8);
        TestLane well = open(2, 8);
        dead.answer = Sent.DEAD;

        accept(10, 11);
        after(10 * RESCUE);

        assertThat(dead.failures).isEqualTo(1);
        assertThat(well.sent).containsExactly(10, 11);
    }

    @Test
    void aLaneThatRefusedIsPassedOverForAWhile() {
        TestLane refusing = open(1, 8);
        TestLane well = open(2, 8);
        accept(10);

        refusing.refuse(0);
        after(0);
        assertThat(well.sent).containsExactly(10);
        well.claim(0);
        after(100 * MS - 1);
        accept(11);
        assertThat(refusing.sent).containsExactly(10);
        well.claim(1);
        after(1);
        accept(12);

        assertThat(refusing.sent).containsExactly(10, 12);
        assertThat(dispatcher.counters().refused()).isEqualTo(1);
        assertThat(closed).containsExactly(10, 11);
    }

    @Test
    void aWorkerThatWantsNothingMoreGivesItsOffersBackAtOnce() {
        TestLane one = open(1, 8);
        TestLane two = open(2, 8);
        accept(10);

        one.page.wants(false);
        after(0);

        assertThat(two.sent).containsExactly(10);
        assertThat(one.page.word(0)).isEqualTo(word(0, ClaimState.REVOKED));
    }

    @Test
    void withNobodyThatWantsWhatCameBackWaitsAndNothingNewIsAccepted() {
        TestLane only = open(1, 8);
        accept(10);
        only.page.wants(false);
        after(0);
        assertThat(dispatcher.hasWaiting()).isTrue();
        assertThat(dispatcher.ready(now)).isFalse();

        only.giveBack(0);
        only.page.wants(true);
        after(0);

        assertThat(only.sent).containsExactly(10, 10);
        assertThat(dispatcher.hasWaiting()).isFalse();
    }

    @Test
    void whatCameBackKeepsTheOrderOfAcceptance() {
        TestLane one = open(1, 8);
        accept(10, 11, 12);

        one.refuse(2);
        after(0);
        dispatcher.laneEnded(one.lane);
        TestLane two = open(2, 8);
        after(0);

        assertThat(two.sent).containsExactly(10, 11, 12);
    }

    @Test
    void theEndOfALaneTakesBackOnlyWhatIsUnclaimed() {
        TestLane one = open(1, 8);
        accept(10, 11);
        one.claim(0);

        dispatcher.laneEnded(one.lane);
        dispatcher.laneEnded(one.lane);
        TestLane two = open(2, 8);
        after(0);

        assertThat(closed).containsExactly(10);
        assertThat(two.sent).containsExactly(11);
        assertThat(two.page.word(0)).isEqualTo(word(0, ClaimState.OFFERED_AGAIN));
    }

    @Test
    void garbageEndsOnlyTheLaneThatItStandsIn() {
        TestLane broken = open(1, 8);
        TestLane well = open(2, 8);
        accept(10, 11, 12);
        broken.page.transition(0, ClaimState.OFFERED, ClaimState.RETURNED);

        after(0);

        assertThat(broken.closedBecause).contains("worker 1", "RETURNED(0)", "OFFERED(0)");
        assertThat(well.closedBecause).isNull();
        assertThat(dispatcher.lanes()).containsExactly(well.lane);
        assertThat(closed).as("whose owner nobody knows").containsExactly(10);
        assertThat(well.sent).containsExactly(11, 12);
        assertThat(dispatcher.counters().abandoned()).isEqualTo(1);
    }

    @Test
    void closeEndsWhatWaitsAndTellsItsClientsAtOnce() {
        TestLane one = open(1, 8);
        accept(10, 11);
        one.claim(0);

        dispatcher.close();

        assertThat(closed).containsExactlyInAnyOrder(10, 11);
        assertThat(shutDown).as("a copy of it lies in the worker's pipe").containsExactly(11);
        assertThat(dispatcher.counters().abandoned()).isEqualTo(1);
        assertThat(dispatcher.counters().claimed()).isEqualTo(1);
    }

    @Test
    void onlyOneWhoHasSomethingToWaitForAsksForARing() {
        TestLane lane = open(1, 1);
        accept(10);
        after(0);
        assertThat(lane.page.takeBell()).isFalse();

        dispatcher.runThenArm(now);

        assertThat(lane.page.takeBell()).isTrue();
    }

    @Test
    void anIdleDispatcherNeedsNoTimer() {
        TestLane lane = open(1, 8);
        assertThat(dispatcher.delay(now, false)).isEqualTo(Long.MAX_VALUE);

        accept(10);
        assertThat(dispatcher.delay(now, false)).isEqualTo(RESCUE);
        lane.claim(0);
        after(MS);

        assertThat(dispatcher.delay(now, false)).isEqualTo(Long.MAX_VALUE);
        assertThat(dispatcher.delay(now, true)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theCountersAddUp() {
        TestLane one = open(1, 8);
        TestLane two = open(2, 8);
        accept(10, 11, 12, 13);
        one.claim(0);
        one.refuse(1);
        after(0);
        two.page.wants(false);
        after(0);

        HandoffCounters counters = dispatcher.counters();
        assertThat(counters.accepted()).isEqualTo(4);
        assertThat(counters.claimed()).isEqualTo(1);
        assertThat(counters.refused()).isEqualTo(1);
        assertThat(counters.revoked()).isEqualTo(3);
        assertThat(counters.waiting()).isEqualTo(3);
        assertThat(counters.abandoned()).isZero();
    }
}
