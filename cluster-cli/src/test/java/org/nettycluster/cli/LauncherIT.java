package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.cli.programs.LeavesAnOrphan;

/** The launcher script with the jar that was built, above all as PID 1 of a container. */
@Timeout(120)
final class LauncherIT {
    private static final Path SCRIPT = Path.of(System.getProperty("ncluster.root", ".."), "bin", "ncluster");

    @TempDir
    private Path temp;

    @BeforeAll
    static void needsTheJar() {
        Path target = SCRIPT.resolveSibling("../cluster-cli/target");
        assumeTrue(
                Files.exists(target.resolve("ncluster.jar")) && Files.isDirectory(target.resolve("lib")),
                () -> "no jar in " + target + " yet, and the script would build one: run mvn verify");
    }

    @Test
    void asPidOneItReapsWhatWorkersLeaveAndPassesSignalsOn() throws Exception {
        List<String> line = new ArrayList<>(namespace());
        line.addAll(List.of(
                SCRIPT.toString(),
                "run",
                "-w",
                "1",
                "--run-dir",
                temp.resolve("r").toString(),
                "-cp",
                CommandProcess.classPath(),
                LeavesAnOrphan.class.getName(),
                "0"));
        Process namespace = new ProcessBuilder(line).redirectErrorStream(true).start();
        try (BufferedReader out = namespace.inputReader(StandardCharsets.UTF_8)) {
            List<String> said = new ArrayList<>();
            String ready = nextLine(out, "ready: ", said);
            assertThat(ready).as(() -> String.join("\n", said)).contains("1 worker: 1.1");
            ProcessHandle first = namespace.children().findFirst().orElseThrow();
            // Its parent, a shell, has ended before the program was ready, so that PID 1 is the parent now.
            while (first.children().count() > 1) {
                Thread.onSpinWait();
            }
            assertThat(zombies(first)).isZero();

            first.destroy();

            assertThat(nextLine(out, "stopping: ", said))
                    .as(() -> String.join("\n", said))
                    .isNotNull();
            assertThat(namespace.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(namespace.exitValue()).isZero();
        } finally {
            namespace.descendants().forEach(ProcessHandle::destroyForcibly);
            namespace.destroyForcibly();
        }
    }

    @Test
    void commandsToAClusterWorkThroughTheScript() throws Exception {
        Process ls = new ProcessBuilder(SCRIPT.toString(), "ls", "--run-dir", temp.toString()).start();

        assertThat(new String(ls.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("ncluster ls: no cluster runs in " + temp + System.lineSeparator());
        assertThat(ls.waitFor()).isEqualTo(3);
    }

    /**
     * The command line behind which a script is PID 1. Only root's: in a user namespace the directories above every run
     * directory belong to nobody, and the master refuses to start below them.
     */
    private static List<String> namespace() throws IOException, InterruptedException {
        List<String> unshare = List.of("unshare", "--pid", "--fork", "--mount-proc");
        List<String> line = new ArrayList<>(unshare);
        line.add("true");
        try {
            int code =
                    new ProcessBuilder(line).redirectErrorStream(true).start().waitFor();
            assumeTrue(code == 0, "unshare may not make a PID namespace here: not root, or a container forbids it");
        } catch (IOException e) {
            assumeTrue(false, () -> "no unshare(1) here: " + e.getMessage());
        }
        return unshare;
    }

    private static long zombies(ProcessHandle parent) throws IOException {
        try (Stream<ProcessHandle> children = parent.children()) {
            long zombies = 0;
            for (ProcessHandle child : children.toList()) {
                Path status = Path.of("/proc", Long.toString(child.pid()), "status");
                if (Files.exists(status) && Files.readString(status).contains("State:\tZ")) {
                    zombies++;
                }
            }
            return zombies;
        }
    }

    private static String nextLine(BufferedReader from, String start, List<String> said) throws IOException {
        for (String line = from.readLine(); line != null; line = from.readLine()) {
            said.add(line);
            if (line.startsWith(start)) {
                return line;
            }
        }
        return "";
    }
}
