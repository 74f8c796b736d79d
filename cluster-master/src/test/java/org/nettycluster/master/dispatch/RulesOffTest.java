package org.nettycluster.master.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractStringAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Each rule of the hand-off contract is there for a reason: without it the model goes wrong. Each test prints a short
 * story of how.
 */
class RulesOffTest {
    private static final int STEPS = 120;
    private static final int EPISODES = 4_000;
    private static final int STORIES = 6;
    private static final int LINES = 25;

    @Test
    void anEndOfFileThatReoffersWithoutCompareAndSetServesTwice() {
        goesWrong(Rule.EOF_TAKES_BACK_BY_CAS, only(Fault.LANE_CLOSE, Fault.BLOCK))
                .contains("was claimed and is");
    }

    @Test
    void aRevokedCellThatIsUsedAgainMeetsItsLateDescriptor() {
        goesWrong(Rule.REVOKED_CELL_WAITS_FOR_RETURNED, only(Fault.STOP))
                .contains("while an older fd for it may arrive");
    }

    @Test
    void aRevokedConnectionThatIsOfferedAsFreshIsClosedWithoutFin() {
        goesWrong(Rule.AGAIN_IS_SAID, only(Fault.STOP)).contains("sees no FIN");
    }

    @Test
    void aSweepInOrderOverlooksClaimsOfOtherLoops() {
        goesWrong(Rule.SWEEP_IN_ANY_ORDER, only(Fault.BLOCK, Fault.REFUSAL, Fault.STOP))
                .containsAnyOf("does not know", "still wait", "never comes back");
    }

    @Test
    void aFailedSendThatKeepsItsNumberShiftsTheQueue() {
        goesWrong(Rule.FAILED_SEND_IS_UNDONE, only(Fault.FULL)).contains("with a descriptor of");
    }

    @Test
    void aDoorbellThatIsReadAfterTheSweepIsNotHeard() {
        goesWrong(Rule.DRAIN_BELL_THEN_SWEEP, only(Fault.STOP)).containsAnyOf("does not know", "rang nobody");
    }

    @Test
    void aBellThatIsArmedWithoutASecondLookMissesTheClaimBefore() {
        goesWrong(Rule.SWEEP_AGAIN_AFTER_ARMING, only()).contains("does not know");
    }

    @Test
    void aClaimThatDoesNotRingAnArmedBellIsNotSeen() {
        goesWrong(Rule.CLAIM_RINGS_WHEN_ARMED, only()).contains("does not know");
    }

    @Test
    void anEndThatDoesNotRingAnArmedBellLeavesClientsWaitingForItsPlace() {
        goesWrong(seed -> Episode.limited(seed, STEPS, EnumSet.of(Rule.END_RINGS_WHEN_ARMED)), "END_RINGS_WHEN_ARMED")
                .containsAnyOf("rang nobody", "for ever");
    }

    @Test
    void aReturnThatDoesNotRingIsNotSeen() {
        goesWrong(Rule.RETURNED_RINGS, only(Fault.STOP)).contains("does not know");
    }

    @Test
    void aChangeOfWantsThatDoesNotRingIsNotSeen() {
        goesWrong(Rule.WANTS_RINGS, only()).contains("rang nobody");
    }

    @Test
    void aWorkerThatNeverWantsAgainLeavesItsClientsWaiting() {
        goesWrong(Rule.WANTS_COMES_BACK, only(Fault.REFUSAL)).containsAnyOf("for ever", "idle master", "still wait");
    }

    @Test
    void withoutATimerAFailedSendIsForgotten() {
        goesWrong(Rule.RETRY_TIMER, only(Fault.STARVED)).containsAnyOf("for ever", "never");
    }

    @Test
    void aStalledLaneThatIsNotSkippedCollectsClients() {
        goesWrong(Rule.STALLED_LANE_IS_SKIPPED, only(Fault.STOP)).contains("although");
    }

    @Test
    void aLaneThatRefusedAndIsNotPassedOverIsAskedAgainAtOnce() {
        goesWrong(Rule.REFUSING_LANE_PAUSES, only(Fault.REFUSAL)).contains("refused less than 100 ms ago");
    }

    @Test
    void whatCameBackWouldBeOvertaken() {
        goesWrong(Rule.ORDER_OF_ACCEPTANCE, only(Fault.FULL, Fault.LANE_CLOSE)).contains("is offered before");
    }

    @Test
    void aPageThatIsUsedAgainIsClaimedByThoseWhoKnowItStill() {
        goesWrong(Rule.PAGE_IS_FRESH, only(Fault.LANE_CLOSE, Fault.BLOCK, Fault.NEW_LANE))
                .containsAnyOf("with a descriptor of", "lost", "for broken");
    }

    @Test
    void aConnectionGivenUpWithoutShutdownWaitsForAStalledWorker() {
        goesWrong(Rule.SHUTDOWN_OF_ABANDONED, only(Fault.STOP, Fault.LISTENER_CLOSE))
                .contains("sees no FIN");
    }

    @Test
    void aLostMessageThatIsNotCountedShiftsTheQueue() {
        goesWrong(Rule.LOST_MESSAGE_COUNTS, only(Fault.LOST)).contains("with a descriptor of");
    }

    @Test
    void aLostMessageThatWasRevokedAndIsNotReturnedWedgesItsCell() {
        goesWrong(Rule.LOST_AND_REVOKED_IS_RETURNED, only(Fault.LOST, Fault.STOP))
                .containsAnyOf("never comes back", "for ever", "idle master", "still wait");
    }

    @Test
    void aRefusalBeforeTheDescriptorIsClosedKeepsTheFinBack() {
        goesWrong(Rule.REFUSED_AFTER_ITS_FD_IS_CLOSED, only(Fault.REFUSAL, Fault.STOP))
                .contains("sees no FIN");
    }

    @Test
    void aWorkerThatRefusesWhatItHasNotReceivedKeepsTheFinBack() {
        goesWrong(Rule.REFUSES_ONLY_WHAT_ARRIVED, only(Fault.LANE_CLOSE, Fault.BLOCK))
                .contains("sees no FIN");
    }

    @Test
    void aConnectionOfferedAgainAndClosedWithoutShutdownKeepsItsFinBack() {
        goesWrong(Rule.SHUTDOWN_OF_AGAIN, only(Fault.STOP)).contains("sees no FIN");
    }

    @Test
    void aConnectionClosedBeforeTheMasterHasSettledItKeepsItsFinBack() {
        goesWrong(Rule.SHUTDOWN_OF_UNSETTLED, only()).contains("sees no FIN");
    }

    /** The cell of a failed send is overwritten by the next offer, and nobody looks at it before: a second safeguard. */
    @Test
    void anOfferThatIsNotWithdrawnAfterAFailedSendHarmsNobody() {
        for (long seed = 1; seed <= 200; seed++) {
            Episode episode =
                    episode(seed, Rule.WITHDRAW_AFTER_FAILED_SEND, only(Fault.FULL, Fault.STOP, Fault.LANE_CLOSE));
            assertThat(episode.play(false).violation()).isNull();
        }
    }

    private static UnaryOperator<RandomChoices> only(Fault... faults) {
        return choices -> choices.only(faults);
    }

    private static Episode episode(long seed, Rule rule, UnaryOperator<RandomChoices> mix) {
        return new Episode(seed, STEPS, EnumSet.of(rule), mix, 0, 0);
    }

    private static AbstractStringAssert<?> goesWrong(Rule rule, UnaryOperator<RandomChoices> mix) {
        return goesWrong(seed -> episode(seed, rule, mix), rule.name());
    }

    private static AbstractStringAssert<?> goesWrong(LongFunction<Episode> episodeOf, String rule) {
        @Nullable List<String> shortest = null;
        int stories = 0;
        for (long seed = 1; seed <= EPISODES && stories < STORIES; seed++) {
            Episode episode = episodeOf.apply(seed);
            if (episode.play(false).violation() != null) {
                stories++;
                List<String> trace = episode.play(true).trace();
                shortest = shortest == null || trace.size() < shortest.size() ? trace : shortest;
            }
        }
        assertThat(shortest).as("the model fails without " + rule).isNotNull();
        if (shortest == null) {
            throw new AssertionError(rule);
        }
        System.out.println("without " + rule + ", " + shortest.get(0) + ":");
        shortest.subList(Math.max(0, shortest.size() - LINES), shortest.size())
                .forEach(line -> System.out.println("    " + line));
        return assertThat(shortest.get(shortest.size() - 1));
    }
}
