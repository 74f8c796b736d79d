package org.nettycluster.master.accept;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatchedClockTest {
    private static final long MS = 1_000_000;

    private final WatchedClock clock = new WatchedClock(0);

    @Test
    void whoIsWokenInTimeHasWatchedAllOfIt() {
        clock.sleeps(0, 5 * MS);

        assertThat(clock.wakes(5 * MS)).isEqualTo(5 * MS);
    }

    @Test
    void whoIsWokenEarlyHasWatchedUntilThen() {
        clock.sleeps(0, 5 * MS);

        assertThat(clock.wakes(2 * MS)).isEqualTo(2 * MS);
    }

    @Test
    void whatComesAfterTheMomentForWhichHeAskedWasNotWatched() {
        clock.sleeps(0, 5 * MS);

        assertThat(clock.wakes(33 * MS)).isEqualTo(5 * MS);
    }

    @Test
    void whoAskedForNothingMayHaveSleptForAsLongAsItTakes() {
        clock.sleeps(0, Long.MAX_VALUE);

        assertThat(clock.wakes(3_600_000 * MS)).isEqualTo(3_600_000 * MS);
    }

    @Test
    void theTimeStandsWhileHeIsAwake() {
        clock.sleeps(0, 5 * MS);
        clock.wakes(2 * MS);

        assertThat(clock.wakes(40 * MS)).isEqualTo(2 * MS);
    }

    @Test
    void hisWorkCountsForAMillisecondAtMost() {
        clock.sleeps(0, Long.MAX_VALUE);
        clock.wakes(2 * MS);
        clock.sleeps(2 * MS + MS / 2, Long.MAX_VALUE);
        assertThat(clock.wakes(3 * MS)).isEqualTo(3 * MS);

        clock.sleeps(43 * MS, Long.MAX_VALUE);
        assertThat(clock.wakes(44 * MS)).isEqualTo(5 * MS);
    }

    @Test
    void itNeverGoesBackThoughTheWakeUpWasDueBefore() {
        clock.sleeps(10 * MS, 5 * MS);

        assertThat(clock.wakes(12 * MS))
                .isGreaterThanOrEqualTo(clock.wakes(12 * MS))
                .isEqualTo(MS);
    }
}
