package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.TurnPage;

/** Every decision of a worker that accepts for itself, with a clock of the test's. */
@Timeout(10)
class ShareTest {
    private static final int US = 0;
    private static final int OTHER = 1;

    private final TurnPage page = TurnPage.inMemory();
    private final Share share = new Share(page, US);
    private long now = 1_000_000_000;

    @BeforeEach
    void twoWorkersBegin() {
        page.clear(US);
        page.clear(OTHER);
        share.wants(true);
        page.say(OTHER, 0, true);
        queued();
    }

    private void queued() {
        share.queued(now++);
    }

    /** One that stays. */
    private void take() {
        assertThat(share.hold(now)).isZero();
        share.took();
        page.countOpen(US, 1);
        queued();
    }

    private void ahead() {
        for (int i = 0; i < Share.LEAD; i++) {
            take();
        }
    }

    @Test
    void whoIsNotAheadTakesWhatComes() {
        take();
        assertThat(share.hold(now)).isZero();
    }

    @Test
    void whoIsAheadLeavesTheClientToOthersAndGoesOnWhenTheyHaveTakenSome() {
        ahead();
        assertThat(share.goesBehind()).isTrue();
        assertThat(share.hold(now)).isEqualTo(Share.PAUSE);
        page.say(OTHER, 1, true);
        page.countOpen(OTHER, 1);
        assertThat(share.hold(now + Share.PAUSE)).isZero();
    }

    @Test
    void noClientWaitsLongerThanPatience() {
        ahead();
        long waited = 0;
        while (share.hold(now + waited) > 0) {
            waited += Share.PAUSE;
        }
        assertThat(waited).isEqualTo(Share.PATIENCE);
    }

    @Test
    void whoTookNothingInAllThatTimeDoesNotCountUntilItMoves() {
        noClientWaitsLongerThanPatience();
        share.took();
        page.countOpen(US, 1);
        take();
        take();
        assertThat(share.goesBehind()).isFalse();
        page.say(OTHER, 1, true);
        assertThat(share.hold(now + 1)).isEqualTo(Share.PAUSE);
    }

    @Test
    void theNextClientHasAPatienceOfItsOwn() {
        ahead();
        assertThat(share.hold(now)).isPositive();
        page.say(OTHER, 1, true);
        page.countOpen(OTHER, 1);
        now += Share.PAUSE;
        take();
        long waited = 0;
        while (share.hold(now + waited) > 0) {
            waited += Share.PAUSE;
        }
        assertThat(waited).isEqualTo(Share.PATIENCE);
    }

    @Test
    void nobodyHoldsBackWhoMayHaveBeenTheOnlyOneToldOfTheClient() {
        ahead();
        page.queued(OTHER, now + 10);
        assertThat(share.hold(now)).isZero();
        queued();
        now += 20;
        queued();
        assertThat(share.hold(now)).isPositive();
    }

    @Test
    void itIsEnoughThatOneWithFewerKnows() {
        page.clear(2);
        page.say(2, 0, true);
        page.queued(2, now + 1000);
        ahead();
        assertThat(share.hold(now)).isPositive();
    }

    @Test
    void connectionsThatHaveEndedAreNothingToBeEvenAbout() {
        for (int i = 1; i <= 100; i++) {
            assertThat(share.hold(now)).isZero();
            share.took();
            assertThat(share.goesBehind()).isEqualTo(i >= Share.TURNS_IN_A_ROW);
        }
    }

    @Test
    void whoTakesNothingIsNotWaitedFor() {
        page.say(OTHER, 0, false);
        ahead();
        take();
        assertThat(share.goesBehind()).isFalse();
    }

    @Test
    void whoComesLaterMakesUpForNothing() {
        page.say(OTHER, 500, true);
        share.wants(false);
        share.wants(true);
        assertThat(TurnPage.turn(page.word(US))).isEqualTo(500);
    }

    @Test
    void whoComesBackMakesUpForALittle() {
        page.say(OTHER, 500, true);
        assertThat(share.hold(now)).isZero();
        share.took();
        assertThat(TurnPage.turn(page.word(US))).isEqualTo(500 - Share.CATCH_UP);
    }

    @Test
    void alone() {
        page.say(OTHER, 0, false);
        for (int i = 0; i < 1000; i++) {
            take();
        }
        assertThat(TurnPage.turn(page.word(US))).isEqualTo(1000);
    }
}
