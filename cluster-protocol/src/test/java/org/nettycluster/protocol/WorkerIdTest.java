package org.nettycluster.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerIdTest {
    @Test
    void aSeatAndAGenerationReadBackAsWritten() {
        assertThat(new WorkerId(3, 2)).hasToString("3.2");
        assertThat(new WorkerId(7, 0)).hasToString("7");
        assertThat(WorkerId.parse("3.2")).isEqualTo(new WorkerId(3, 2));
        assertThat(WorkerId.parse("7")).isEqualTo(new WorkerId(7, 0));
        assertThat(WorkerId.parse("2147483647.2147483647"))
                .isEqualTo(new WorkerId(Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "3.",
                ".2",
                "0",
                "0.1",
                "-1",
                "3.-1",
                "3.0",
                "+3",
                "03",
                "3.02",
                "3.+2",
                "3.2.1",
                " 3",
                "3 ",
                "x",
                "2147483648",
                "1.2147483648",
                "\u0663"
            })
    void noOtherSpellingIsAWorker(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorkerId.parse(text))
                .withMessage("worker id '%s' is neither N nor N.G", text);
    }

    @Test
    void numbersThatAreNeverGivenOutAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new WorkerId(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new WorkerId(-1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new WorkerId(1, -1));
    }
}
