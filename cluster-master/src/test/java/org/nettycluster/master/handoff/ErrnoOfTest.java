package org.nettycluster.master.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Errors.NativeIoException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nettycluster.master.dispatch.LanePort.Sent;

class ErrnoOfTest {
    @BeforeAll
    static void load() {
        Epoll.ensureAvailability();
    }

    private static NativeIoException failure(int errno) {
        return Errors.newIOException("call", -errno);
    }

    @ParameterizedTest
    @CsvSource({"12,STARVED", "105,STARVED", "109,STARVED", "32,DEAD", "104,DEAD", "9,DEAD", "22,DEAD"})
    void failedSendPausesAllLanesOrEndsOne(int errno, Sent sent) {
        assertThat(ErrnoOf.send(failure(errno))).isEqualTo(sent);
        assertThat(ErrnoOf.number(failure(errno))).isEqualTo(errno);
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 23, 24, 105})
    void acceptingAgainAtOnceIsPointless(int errno) {
        assertThat(ErrnoOf.exhausted(failure(errno))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {103, 71, 110})
    void clientThatHasGoneSaysNothingOfTheNext(int errno) {
        assertThat(ErrnoOf.exhausted(failure(errno))).isFalse();
    }
}
