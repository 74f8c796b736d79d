package org.nettycluster.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTest {
    private static final String HEX = "00ff102030405060708090a0b0c0d0e0";

    @Test
    void textIsAlwaysThirtyTwoLowerCaseDigits() {
        assertThat(Token.parse(HEX).hex()).isEqualTo(HEX);
        assertThat(Token.of(new byte[Token.BYTES]).hex()).isEqualTo("0".repeat(32));
        for (int i = 0; i < 100; i++) {
            Token token = Token.random();
            assertThat(token.hex()).matches("[0-9a-f]{32}");
            assertThat(Token.parse(token.hex())).isEqualTo(token).hasSameHashCodeAs(token);
        }
    }

    @Test
    void randomTokensDiffer() {
        Set<Token> tokens = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            tokens.add(Token.random());
        }
        assertThat(tokens).hasSize(1000);
    }

    @Test
    void toStringHidesTheValue() {
        assertThat(Token.parse(HEX)).hasToString("token(hidden)");
    }

    @Test
    void everyByteCounts() {
        Token token = Token.parse(HEX);
        for (int i = 0; i < Token.BYTES; i++) {
            byte[] other = token.bytes().clone();
            other[i] ^= 1;
            assertThat(Token.of(other)).as("byte %d", i).isNotEqualTo(token);
        }
        assertThat(token).isNotEqualTo(HEX);
    }

    @Test
    void ownsItsBytes() {
        byte[] bytes = new byte[Token.BYTES];
        Token token = Token.of(bytes);
        bytes[0] = 1;
        assertThat(token.hex()).isEqualTo("0".repeat(32));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00ff102030405060708090a0b0c0d0e",
                "00ff102030405060708090a0b0c0d0e00",
                "00ff102030405060708090a0b0c0d0eZ",
                "Z0ff102030405060708090a0b0c0d0e0"
            })
    void malformedTextIsRefusedAndNeverRepeated(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Token.parse(text))
                .withNoCause()
                .satisfies(e ->
                        assertThat(e.getMessage()).doesNotContain("f1020304").doesNotContain("Z"));
    }

    @Test
    void otherLengthsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Token.of(new byte[15]));
        assertThatIllegalArgumentException().isThrownBy(() -> Token.of(new byte[17]));
    }
}
