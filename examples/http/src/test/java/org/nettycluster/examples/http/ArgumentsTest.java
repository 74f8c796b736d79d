package org.nettycluster.examples.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.channel.unix.DomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
    @Test
    void whatIsLeftOutHasItsDefault() {
        assertThat(Arguments.parse()).isEqualTo(new Arguments("127.0.0.1", 8080, ""));
        assertThat(Arguments.parse("--port", "0", "--host", "::1")).isEqualTo(new Arguments("::1", 0, ""));
        assertThat(Arguments.parse("--unix", "s").address()).isEqualTo(new DomainSocketAddress("s"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port", "--port x", "--port 65536", "--host", "--unix", "--verbose", "8080"})
    void aMistakeIsOneLineThatShowsTheUsage(String line) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Arguments.parse(line.split(" ")))
                .withMessageEndingWith("usage: http-example [--host H] [--port P] | --unix PATH")
                .withMessageNotContaining("\n");
    }
}
