package org.nettycluster.master.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What it answers; that accounts are kept right is shown with lanes, in the dispatcher's room. */
class WeightedTest {
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    @Test
    void slotsHaveTheirWeightsWhateverTheirGeneration() {
        Weighted weighted = new Weighted(List.of(1, 2, 3), Duration.ZERO);

        assertThat(weighted.weight(new Worker(1))).isEqualTo(1);
        assertThat(weighted.weight(new Worker(2, 9))).isEqualTo(2);
        assertThat(weighted.weight(new Worker(3))).isEqualTo(3);
        assertThat(weighted.weight(new Worker(4))).as("beyond the list").isEqualTo(1);
    }

    @Test
    void aFullWorkerIsWaitedForWhenItIsItsTurn() {
        assertThat(new Weighted()
                        .next(
                                List.of(
                                        new Worker(1).given(2),
                                        new Worker(2).given(1).full()),
                                Arrival.expected(1)))
                .isEqualTo(Scheduler.WAIT);
    }

    @Test
    void theShareOfAFreshWorkerGrowsFromATenthToAllOfIt() {
        Weighted weighted = new Weighted(List.of(4), WARM_UP);
        long second = WARM_UP.toNanos() / 10;

        assertThat(weighted.weight(new Worker(1))).as("its first connection").isEqualTo(4);
        assertThat(weighted.weight(new Worker(1).age(1))).isEqualTo(0.4);
        assertThat(weighted.weight(new Worker(1).age(5 * second))).isEqualTo(2);
        assertThat(weighted.weight(new Worker(1).age(10 * second))).isEqualTo(4);
        assertThat(weighted.weight(new Worker(1).age(Long.MAX_VALUE))).isEqualTo(4);
    }

    @Test
    void withoutASlowStartAgeDoesNotMatter() {
        assertThat(new Weighted().weight(new Worker(1).age(1))).isEqualTo(1);
    }

    @Test
    void weightsHaveLimits() {
        assertThatThrownBy(() -> new Weighted(List.of(1, 0), Duration.ZERO)).hasMessage("weight 0 must be 1 to 1000");
        assertThatThrownBy(() -> new Weighted(List.of(1001), Duration.ZERO))
                .hasMessage("weight 1001 must be 1 to 1000");
    }
}
