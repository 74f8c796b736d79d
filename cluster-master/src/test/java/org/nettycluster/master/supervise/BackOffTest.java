package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackOffTest {
    private static final Duration NEVER = Duration.ZERO;

    private static BackOff backOff(double random) {
        return new BackOff(Duration.ofMillis(100), Duration.ofSeconds(30), () -> random);
    }

    private static Duration[] delays(double random, int crashes) {
        BackOff backOff = backOff(random);
        return IntStream.range(0, crashes)
                .mapToObj(i -> backOff.afterCrash(NEVER))
                .toArray(Duration[]::new);
    }

    @Test
    void delayDoublesUpToTheLongest() {
        Duration[] delays = delays(0.5, 100);
        assertThat(IntStream.range(0, 11).mapToLong(i -> delays[i].toMillis()))
                .containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 12800L, 25600L, 30000L, 30000L);
        assertThat(delays[99]).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void jitterIsAFifthEitherWay() {
        assertThat(delays(0, 1)[0]).isEqualTo(Duration.ofMillis(80));
        assertThat(delays(1, 1)[0]).isEqualTo(Duration.ofMillis(120));
        assertThat(delays(1, 20)[19]).isEqualTo(Duration.ofSeconds(36));
    }

    @Test
    void twoSecondsOfServiceBeginAnew() {
        BackOff backOff = backOff(0.5);
        backOff.afterCrash(NEVER);
        backOff.afterCrash(NEVER);
        assertThat(backOff.afterCrash(Duration.ofMillis(1999))).isEqualTo(Duration.ofMillis(400));
        assertThat(backOff.afterCrash(Duration.ofSeconds(2))).isEqualTo(Duration.ofMillis(100));
        backOff.reset();
        assertThat(backOff.afterCrash(NEVER)).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void noDelayStaysNone() {
        assertThat(new BackOff(Duration.ZERO, Duration.ZERO, () -> 1).afterCrash(NEVER))
                .isEqualTo(Duration.ZERO);
    }
}
