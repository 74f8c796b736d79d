package org.nettycluster.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class ProtocolVersionTest {
    @Test
    void oursIsARange() {
        assertThat(ProtocolVersion.OLDEST).isPositive().isLessThanOrEqualTo(ProtocolVersion.NEWEST);
    }

    @Test
    void theNewestVersionOfBothWins() throws ProtocolException {
        assertThat(agree(ProtocolVersion.OLDEST, ProtocolVersion.NEWEST)).isEqualTo(ProtocolVersion.NEWEST);
        assertThat(agree(0, ProtocolVersion.NEWEST)).isEqualTo(ProtocolVersion.NEWEST);
        assertThat(agree(ProtocolVersion.NEWEST, 65535)).isEqualTo(ProtocolVersion.NEWEST);
        assertThat(agree(0, ProtocolVersion.OLDEST)).isEqualTo(ProtocolVersion.OLDEST);
    }

    @Test
    void rangesThatDoNotMeetAreRefusedWithBothInTheMessage() {
        refused(ProtocolVersion.NEWEST + 1, ProtocolVersion.NEWEST + 4);
        refused(0, ProtocolVersion.OLDEST - 1);
    }

    @Test
    void aRangeThatIsUpsideDownIsRefused() {
        refused(ProtocolVersion.NEWEST, ProtocolVersion.OLDEST - 1);
        refused(65535, 0);
        refused(ProtocolVersion.NEWEST + 1, ProtocolVersion.NEWEST);
    }

    private static void refused(int oldest, int newest) {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> agree(oldest, newest))
                .withMessageContaining("worker 3.2")
                .withMessageContaining("versions " + oldest + " to " + newest)
                .withMessageContaining("master " + ProtocolVersion.OLDEST + " to " + ProtocolVersion.NEWEST);
    }

    private static int agree(int oldest, int newest) throws ProtocolException {
        return ProtocolVersion.agree(new Hello(oldest, newest, new WorkerId(3, 2), Token.random(), 4711));
    }
}
