package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

final class LogLinesTest {
    private final LogRecord line = new LogRecord(Level.WARNING, "can't clean up /run/x");

    LogLinesTest() {
        line.setLoggerName("org.nettycluster.master.MasterCore");
        line.setThrown(new IllegalStateException("outer", new IOException("inner")));
    }

    @Test
    void aWarningIsOneLineWithItsCausesLast() {
        assertThat(new LogLines(false).format(line))
                .isEqualTo("warning: can't clean up /run/x: java.lang.IllegalStateException: outer:"
                        + " java.io.IOException: inner");
    }

    @Test
    void whoAsksForMoreGetsTheLoggerAndTheTrace() {
        assertThat(new LogLines(true).format(line).lines().toList())
                .startsWith(
                        "warning: [org.nettycluster.master.MasterCore] can't clean up /run/x",
                        "java.lang.IllegalStateException: outer")
                .anyMatch(each -> each.startsWith("\tat org.nettycluster.cli.LogLinesTest"))
                .contains("Caused by: java.io.IOException: inner");
    }
}
