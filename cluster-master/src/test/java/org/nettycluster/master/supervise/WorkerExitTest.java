package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerExitTest {
    @ParameterizedTest
    @CsvSource({"0,", "1,", "127,", "128,", "129,SIGHUP", "137,SIGKILL", "139,SIGSEGV", "143,SIGTERM", "144,", "255,"})
    void codesAboveASignalsAreSignals(int code, String signal) {
        WorkerExit exit = WorkerExit.of(code);
        assertThat(exit.code()).isEqualTo(code);
        assertThat(exit.signal()).isEqualTo(signal);
        assertThat(exit).hasToString(signal == null ? "code " + code : signal);
    }
}
