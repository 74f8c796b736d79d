package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The first thing that anybody runs. */
@Timeout(120)
class DemoIT {
    @Test
    void itServesAndItsWorkersStartFromAnArchiveOfLoadedClasses(@TempDir Path temp) throws Exception {
        assumeTrue(
                Files.exists(Command.JAR) && Files.exists(Command.EXAMPLE),
                () -> Command.JAR + " or " + Command.EXAMPLE + " is not built");
        try (Command demo = Command.start(List.of(
                Command.ROOT.resolve("bin/ncluster").toString(),
                "demo",
                "-w",
                "1",
                "--port",
                "0",
                "--run-dir",
                temp.resolve("r").toString()))) {
            assertThat(Command.ask(demo.port())).startsWith("hello from worker 1.1 ");
            long worker = demo.workers().get(0).pid();
            assertThat(Files.readString(Path.of("/proc", Long.toString(worker), "maps")))
                    .contains(Command.EXAMPLE.toString().replace(".jar", "-"))
                    .contains(".jsa");
            assertThat(demo.stop()).isZero();
        }
    }
}
