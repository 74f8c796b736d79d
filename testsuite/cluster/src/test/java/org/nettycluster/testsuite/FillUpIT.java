package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler of ten lines, as the page on schedulers starts it: the command finds the class in the program's jar. */
@Timeout(120)
class FillUpIT {
    private static final String SCHEDULER = "org.nettycluster.examples.scheduler.FillUp";

    @Test
    void theCommandRunsItFromTheProgramsJar(@TempDir Path temp) throws Exception {
        assumeTrue(Files.exists(Command.JAR), () -> Command.JAR + " is not built");
        try (Command command = Command.start(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Command.JAR.toString(),
                "run",
                "-w",
                "2",
                "--run-dir",
                temp.resolve("r").toString(),
                "--scheduler",
                SCHEDULER,
                Command.EXAMPLE.toString(),
                "--port",
                "0"))) {
            int port = command.port();
            for (int i = 0; i < 10; i++) {
                assertThat(Command.ask(port)).startsWith("hello from worker 1.1 ");
            }
            assertThat(command.stop()).isZero();
        }
    }
}
