package org.nettycluster.master.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClaimTimeTest {
    private static final long MS = 1_000_000;

    private final ClaimTime time = new ClaimTime();

    @Test
    void nothingIsKnownBeforeTheFirstClaim() {
        assertThat(time.get(0)).isEqualTo(ClaimTime.UNKNOWN);
    }

    @Test
    void theFirstClaimCountsInFullTheNextAQuarter() {
        time.add(8 * MS, 8 * MS, 0);
        assertThat(time.get(0)).isEqualTo(8 * MS);

        time.add(4 * MS, 4 * MS, 0);
        assertThat(time.get(0)).isEqualTo(7 * MS);
    }

    @Test
    void aClaimWhoseBoundsIncludeTheAverageSaysNothingNew() {
        time.add(8 * MS, 8 * MS, 0);

        time.add(0, 50 * MS, 0);

        assertThat(time.get(0)).isEqualTo(8 * MS);
    }

    @Test
    void aClaimThatWasSlowerAtLeastRaisesAndOneThatWasFasterAtMostLowers() {
        time.add(8 * MS, 8 * MS, 0);

        time.add(12 * MS, 99 * MS, 0);
        assertThat(time.get(0)).isEqualTo(9 * MS);

        time.add(0, 5 * MS, 0);
        assertThat(time.get(0)).isEqualTo(8 * MS);
    }

    @Test
    void itHalvesEachTenthOfASecondAndIsForgottenAfterOne() {
        time.add(8 * MS, 8 * MS, 0);

        assertThat(time.get(100 * MS)).isEqualTo(4 * MS);
        assertThat(time.get(250 * MS)).isEqualTo(2 * MS);
        assertThat(time.get(999 * MS)).isPositive();
        assertThat(time.get(1000 * MS)).isEqualTo(ClaimTime.UNKNOWN);
    }
}
