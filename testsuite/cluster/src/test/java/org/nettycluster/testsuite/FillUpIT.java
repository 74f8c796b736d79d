package org.nettycluster.testsuite;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler of ten lines, as the page on schedulers starts it: the command finds the class in the program's jar. */
@Timeout(120)
class FillUpIT {
    private static final Path COMMAND = Path.of("..", "..", "cluster-cli", "target", "ncluster.jar");
    private static final Path PROGRAM = Path.of("..", "..", "examples", "http", "target", "http-example.jar");
    private static final String SCHEDULER = "org.nettycluster.examples.scheduler.FillUp";
    private static final Pattern READY = Pattern.compile("ready: .* on 127\\.0\\.0\\.1:(\\d+), 2 workers: .*");

    @Test
    void theCommandRunsItFromTheProgramsJar(@TempDir Path temp) throws Exception {
        assumeTrue(Files.exists(COMMAND), () -> COMMAND + " is not built");
        Process command = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        COMMAND.toString(),
                        "run",
                        "-w",
                        "2",
                        "--run-dir",
                        temp.resolve("r").toString(),
                        "--scheduler",
                        SCHEDULER,
                        PROGRAM.toString(),
                        "--port",
                        "0"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = command.inputReader()) {
            int port = port(output);
            for (int i = 0; i < 10; i++) {
                assertThat(ask(port)).startsWith("hello from worker 1.1 ");
            }
            command.toHandle().destroy();
            assertThat(command.waitFor()).isZero();
        } finally {
            command.descendants().forEach(ProcessHandle::destroyForcibly);
            command.destroyForcibly();
        }
    }

    private static int port(BufferedReader output) throws Exception {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                return Integer.parseInt(ready.group(1));
            }
        }
        throw new AssertionError("it has ended before it was ready");
    }

    /** On a connection of its own. */
    private static String ask(int port) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }
}
