package org.nettycluster.examples.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
    private static final Map<String, Integer> ARITY = Map.of("--host", 1, "--port", 1, "--tls", 2);

    @Test
    void whatIsLeftOutHasItsDefault() {
        Arguments arguments = new Arguments("usage", ARITY, "--port", "7");

        assertThat(arguments.host()).isEqualTo("127.0.0.1");
        assertThat(arguments.number("--port", 8081, 0, 65535)).isEqualTo(7);
        assertThat(arguments.files("--tls")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--port", "--port x", "--port 65536", "--host", "--tls a", "--tls /nowhere/a /nowhere/b", "-v"})
    void aMistakeIsOneLineThatShowsTheUsage(String line) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    Arguments arguments = new Arguments("usage: x", ARITY, line.split(" "));
                    arguments.number("--port", 8081, 0, 65535);
                    arguments.files("--tls");
                })
                .withMessageEndingWith(": usage: x")
                .withMessageNotContaining("\n");
    }
}
