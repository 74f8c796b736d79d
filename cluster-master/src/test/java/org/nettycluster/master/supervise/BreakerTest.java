package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private static long at(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void opensAtTheLimitWithinTheTime() {
        Breaker breaker = new Breaker(3, Duration.ofSeconds(60));
        assertThat(breaker.crashed(at(0))).isFalse();
        assertThat(breaker.crashed(at(30))).isFalse();
        assertThat(breaker.crashed(at(60))).isTrue();
        assertThat(breaker.count()).isEqualTo(3);
    }

    @Test
    void forgetsWhatIsLongAgo() {
        Breaker breaker = new Breaker(3, Duration.ofSeconds(60));
        breaker.crashed(at(0));
        breaker.crashed(at(30));
        assertThat(breaker.crashed(at(61))).isFalse();
        assertThat(breaker.crashed(at(90))).isTrue();
        breaker.reset();
        assertThat(breaker.crashed(at(90))).isFalse();
    }

    @Test
    void clockMayOverflow() {
        Breaker breaker = new Breaker(2, Duration.ofSeconds(60));
        breaker.crashed(Long.MAX_VALUE);
        assertThat(breaker.crashed(Long.MIN_VALUE + at(1))).isTrue();
    }

    @Test
    void canBeOff() {
        Breaker breaker = new Breaker(0, Duration.ofSeconds(60));
        for (int i = 0; i < 1000; i++) {
            assertThat(breaker.crashed(0)).isFalse();
        }
    }
}
