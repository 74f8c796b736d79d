package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DescriptorReserveTest {
    @Test
    void theLastThirtyTwoAreReserved() {
        DescriptorReserve reserve = new DescriptorReserve(1024, 60);
        assertThat(reserve.holds(1024 - 33, 0)).isFalse();
        assertThat(reserve.holds(1024 - 32, 0)).isTrue();
        assertThat(reserve.holds(1023, 0)).isTrue();
        assertThat(reserve).hasToString("the last 32 of 1024 file descriptors");
    }

    @Test
    void aProcessThatHasHardlyAnyStillServes() {
        DescriptorReserve reserve = new DescriptorReserve(70, 60);
        assertThat(reserve.holds(64, 0)).isFalse();
        assertThat(reserve.holds(65, 0)).isTrue();
        assertThat(new DescriptorReserve(70, 70).holds(69, 0)).isFalse();
    }

    @Test
    void aProcessWithoutALimitHasNoWorry() {
        assertThat(new DescriptorReserve(Integer.MAX_VALUE, 60).isReached(0)).isFalse();
        assertThat(DescriptorReserve.ofThisProcess().isReached(0)).isFalse();
    }

    @Test
    void oneBelowStandsInForEachThatIsTaken() {
        DescriptorReserve reserve = new DescriptorReserve(1024, 60);
        assertThat(reserve.holds(1024 - 32 - 9, 8)).isFalse();
        assertThat(reserve.holds(1024 - 32 - 8, 8)).isTrue();
        // All that can be free below 992 are not 2,000.
        assertThat(reserve.isReached(2_000)).isTrue();
        assertThat(reserve.isReached(8)).isFalse();
        assertThat(reserve.taken()).isZero();
        // Somebody has 2 open, and nobody 3 for sure.
        assertThat(new DescriptorReserve(4, 0).taken()).isBetween(1, 2);
    }
}
