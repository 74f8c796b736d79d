package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
            URI uri = URI.create("http://127.0.0.1:" + port(output) + "/");
            for (int i = 0; i < 10; i++) {
                assertThat(ask(uri)).startsWith("hello from worker 1.1 ");
            }
            command.toHandle().destroy();
            assertThat(command.waitFor()).isZero();
        } finally {
            command.descendants().forEach(ProcessHandle::destroyForcibly);
            command.destroyForcibly();
        }
    }

    private static String port(BufferedReader output) throws Exception {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                return ready.group(1);
            }
        }
        throw new AssertionError("it has ended before it was ready");
    }

    /** On a connection of its own. */
    private static String ask(URI uri) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(uri).version(HttpClient.Version.HTTP_1_1).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
