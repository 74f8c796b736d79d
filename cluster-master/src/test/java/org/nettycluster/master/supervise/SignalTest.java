package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalTest {
    @ParameterizedTest
    @ValueSource(strings = {"USR2", "SIGUSR2", "sigusr2"})
    void itsNameMayBeWrittenAsAnyToolDoes(String name) {
        assertThat(new Signal(name).name()).isEqualTo("USR2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SIG", "9", "TERM; true", "-TERM", "$(true)", "TERM\n"})
    void whatIsNoNameReachesNoShell(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Signal(name)).withMessageContaining("is unknown");
    }

    @Test
    void itReachesTheProcessOnceAndNobodyAfterItsEnd() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sleep", "60").start();
        try {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Signal("NONSENSE").send(process.toHandle()))
                    .withMessage("signal 'NONSENSE' is unknown: give a name such as SIGTERM or HUP");
            assertThat(new Signal("USR2").send(process.toHandle())).isTrue();
            assertThat(WorkerExit.of(process.waitFor())).isEqualTo(new WorkerExit(128 + 12, "SIGUSR2"));
            assertThat(new Signal("USR2").send(process.toHandle())).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }
}
