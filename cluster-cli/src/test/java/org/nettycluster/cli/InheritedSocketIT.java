package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.cli.programs.Greets;

/** Sockets that a parent has opened, through the launcher script: a JVM can't be such a parent, so Python is. */
@Timeout(120)
final class InheritedSocketIT {
    private static final Path SCRIPT = Path.of(System.getProperty("ncluster.root", ".."), "bin", "ncluster");

    /** As systemd does it: the descriptors 3 and 4, one of them in the variables, and the same process goes on. */
    private static final String PARENT = """
            import os, socket, sys
            kept = [socket.socket() for i in range(2)]
            for s in kept:
                s.bind(('127.0.0.1', 0))
                s.listen(16)
            print(kept[0].getsockname()[1], flush=True)
            high = [os.dup2(s.fileno(), 20 + i) for i, s in enumerate(kept)]
            for i in range(2):
                os.dup2(20 + i, 3 + i)
            os.closerange(5, 30)
            os.environ.update(LISTEN_FDS='1', LISTEN_FDNAMES='web', LISTEN_PID=str(os.getpid()))
            line = [a if a != 'PORT' else str(kept[0].getsockname()[1]) for a in sys.argv[1:]]
            os.execv(line[0], line)
            """;

    @TempDir
    private Path temp;

    @Test
    void clientWhoCameBeforeTheMasterIsServed() throws Exception {
        Path target = SCRIPT.resolveSibling("../cluster-cli/target");
        assumeTrue(
                Files.exists(target.resolve("ncluster.jar")) && Files.isDirectory(target.resolve("lib")),
                () -> "no jar in " + target + " yet, and the script would build one: run mvn verify");
        Process master = start();
        try (BufferedReader out = master.inputReader(StandardCharsets.UTF_8)) {
            List<String> said = new ArrayList<>();
            int port = Integer.parseInt(String.valueOf(out.readLine()));
            try (Socket early = new Socket()) {
                early.setSoTimeout(60_000);
                early.connect(new InetSocketAddress("127.0.0.1", port));
                early.getOutputStream().write('x');
                await(out, "ready: ", said);
                assertThat(said).anyMatch(line -> line.startsWith("ready: ") && line.contains("127.0.0.1:" + port));
                assertThat(early.getInputStream().read()).isBetween((int) '1', (int) '9');
            }
            await(out, "inherited descriptor 4 (--listen-fd) on /127.0.0.1:", said);
            assertThat(said).noneMatch(line -> line.contains("descriptor 3 (web)"));
            // Process.destroy would close the stream, too.
            master.toHandle().destroy();
            await(out, "stopping: ", said);
            assertThat(master.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(master.exitValue()).isZero();
        } finally {
            master.descendants().forEach(ProcessHandle::destroyForcibly);
            master.destroyForcibly();
        }
    }

    private Process start() throws IOException {
        List<String> line = new ArrayList<>(List.of("python3", "-c", PARENT, SCRIPT.toString(), "run", "-w", "2"));
        line.addAll(List.of("--listen-fd", "4", "--run-dir", temp.resolve("r").toString()));
        line.addAll(List.of("-cp", CommandProcess.classPath(), Greets.class.getName(), "PORT"));
        try {
            return new ProcessBuilder(line).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, () -> "no python3 here, to be the parent: " + e.getMessage());
            throw e;
        }
    }

    private static void await(BufferedReader from, String part, List<String> said) throws IOException {
        while (said.stream().noneMatch(line -> line.contains(part))) {
            String line = from.readLine();
            if (line == null) {
                throw new AssertionError("no '" + part + "' in" + System.lineSeparator() + String.join("\n", said));
            }
            said.add(line);
        }
    }
}
