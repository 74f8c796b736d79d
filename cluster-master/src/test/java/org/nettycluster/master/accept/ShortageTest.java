package org.nettycluster.master.accept;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShortageTest {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private static final IOException TOO_MANY = new IOException("too many open files");

    private final Shortage shortage = new Shortage(new InetSocketAddress("127.0.0.1", 1));

    @Test
    void thereIsNoneAtFirst() {
        assertThat(shortage.lasts(0)).isFalse();
        assertThat(shortage.lasts(-PAUSE)).isFalse();
        assertThat(shortage.delay(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void acceptIsLeftAloneForAHundredMilliseconds() {
        shortage.begins(TOO_MANY, 7, 1_000);
        assertThat(shortage.lasts(1_000 + PAUSE - 1)).isTrue();
        assertThat(shortage.delay(1_000 + PAUSE - 1)).isEqualTo(1);
        assertThat(shortage.lasts(1_000 + PAUSE)).isFalse();
        assertThat(shortage.delay(1_000 + PAUSE)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aClaimMakesRoomBeforeThat() {
        shortage.begins(TOO_MANY, 7, 1_000);
        assertThat(shortage.relieved(7)).isFalse();
        assertThat(shortage.relieved(8)).isTrue();
    }
}
