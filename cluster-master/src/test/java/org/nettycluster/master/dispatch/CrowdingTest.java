package org.nettycluster.master.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CrowdingTest {
    private static final long MS = 1_000_000;

    private int runnable;
    private int asked;
    private final Crowding crowding = new Crowding(2, () -> {
        asked++;
        return runnable;
    });

    @Test
    void moreThanThreeThreadsForEachProcessorAreACrowd() {
        runnable = 6;
        assertThat(crowding.lasts(0)).isFalse();
        runnable = 8;
        assertThat(crowding.lasts(100 * MS)).isTrue();
    }

    @Test
    void theKernelIsAskedOnceInFiveMilliseconds() {
        crowding.lasts(0);
        crowding.lasts(5 * MS - 1);
        assertThat(asked).isEqualTo(1);
        crowding.lasts(5 * MS);
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void oneMomentIsNoCrowdAndOneMomentEndsNone() {
        runnable = 2;
        crowding.lasts(0);
        crowding.lasts(5 * MS);
        runnable = 12;
        assertThat(crowding.lasts(10 * MS)).isFalse();
        assertThat(crowding.lasts(15 * MS)).isTrue();
        assertThat(crowding.lasts(20 * MS)).isTrue();
        runnable = 2;
        assertThat(crowding.lasts(25 * MS)).isTrue();
    }

    @Test
    void whatWasLongAgoDoesNotCount() {
        runnable = 100;
        assertThat(crowding.lasts(0)).isTrue();
        runnable = 1;
        assertThat(crowding.lasts(39 * MS)).isTrue();
        assertThat(crowding.lasts(79 * MS)).isFalse();
    }

    @Test
    void whoKnowsNothingSeesNoCrowd() {
        assertThat(Crowding.UNKNOWN.lasts(0)).isFalse();
    }
}
