package org.nettycluster.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final long SECOND = 1_000_000_000;

    private final ClaimPage page = ClaimPage.inMemory(1);
    private final Heartbeats heartbeats = page.heartbeats();

    @Test
    void aWorkerThatStillStartsDoesNotStand() {
        for (int number = 0; number < Heartbeats.COUNT; number++) {
            assertThat(heartbeats.stalledSince(number)).isEmpty();
        }
        assertThat(heartbeats.stalled(Long.MAX_VALUE, LIMIT)).isEmpty();
    }

    @Test
    void anIdleLoopDoesNotStand() {
        heartbeats.asked(3, SECOND);
        assertThat(heartbeats.stalledSince(3)).hasValue(SECOND);
        heartbeats.answered(3);
        heartbeats.beat(9 * SECOND);
        assertThat(heartbeats.stalledSince(3)).isEmpty();
        assertThat(heartbeats.stalled(10 * SECOND, LIMIT)).isEmpty();
    }

    @Test
    void aLoopThatOwesItsAnswerTooLongStands() {
        heartbeats.beat(10 * SECOND);
        heartbeats.asked(3, 8 * SECOND);
        assertThat(heartbeats.stalled(10 * SECOND, LIMIT)).isEmpty();
        assertThat(heartbeats.stalled(10 * SECOND + 1, LIMIT)).hasValue(3);
    }

    @Test
    void theLoopThatHasStoodLongestIsNamed() {
        heartbeats.beat(10 * SECOND);
        heartbeats.asked(3, 4 * SECOND);
        heartbeats.asked(30, 2 * SECOND);
        heartbeats.asked(31, 3 * SECOND);
        assertThat(heartbeats.stalled(10 * SECOND, LIMIT)).hasValue(30);
    }

    @Test
    void aSilentWatcherMeansThatTheWholeJvmStands() {
        heartbeats.beat(5 * SECOND);
        heartbeats.asked(3, SECOND);
        assertThat(heartbeats.stalled(10 * SECOND, LIMIT)).hasValue(Heartbeats.WATCHER);
    }

    @Test
    void aClockMayBeNegativeZeroOrOverflow() {
        heartbeats.beat(0);
        assertThat(heartbeats.stalledSince(Heartbeats.WATCHER)).hasValue(1);
        heartbeats.beat(Long.MAX_VALUE - SECOND);
        assertThat(heartbeats.stalled(Long.MIN_VALUE, LIMIT)).isEmpty();
        assertThat(heartbeats.stalled(Long.MIN_VALUE + 2 * SECOND, LIMIT)).hasValue(Heartbeats.WATCHER);
        heartbeats.beat(-3 * SECOND);
        assertThat(heartbeats.stalled(-2 * SECOND, LIMIT)).isEmpty();
        assertThat(heartbeats.stalled(0, LIMIT)).hasValue(Heartbeats.WATCHER);
    }

    @Test
    void aHeartbeatNeverLandsInACell() {
        for (int number : new int[] {-1, Heartbeats.COUNT}) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> heartbeats.asked(number, 1));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> heartbeats.answered(number));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> heartbeats.stalledSince(number));
        }
        assertThat(page.word(0)).isZero();
    }

    @Test
    void aLoopNeverPassesForTheWatcher() {
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> heartbeats.asked(Heartbeats.WATCHER, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> heartbeats.answered(Heartbeats.WATCHER));
    }
}
