package org.nettycluster.examples.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program alone, as {@code java -jar} starts it. */
@Timeout(120)
class HttpExampleIT {
    private static final Path JAR = Path.of("target", "http-example.jar");

    @Test
    void aloneItSaysWhereItListensAndAnswers() throws Exception {
        Process process = start("--port", "0");
        try (BufferedReader output = process.inputReader()) {
            String line = output.readLine();
            assertThat(line).matches("listening on http://127\\.0\\.0\\.1:\\d+/");

            try (RawClient client = new RawClient(address(line))) {
                assertThat(client.get("/").body()).isEqualTo("hello from pid " + process.pid() + "\n");
            }
        } finally {
            end(process);
        }
    }

    @Test
    void crashEndsTheProcessWithoutAnAnswer() throws Exception {
        Process process = start("--port", "0");
        try (BufferedReader output = process.inputReader();
                RawClient client = new RawClient(address(output.readLine()))) {
            client.send(RawClient.request("GET", "/crash"));

            assertThat(process.waitFor()).isEqualTo(1);
            assertThat(endsUnanswered(client)).isTrue();
        } finally {
            end(process);
        }
    }

    @Test
    void aPortInUseIsOneLineAndExitCodeOne() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process = start("--port", Integer.toString(taken.getLocalPort()));

            assertThat(process.waitFor()).isEqualTo(1);
            assertThat(errors(process))
                    .singleElement()
                    .asString()
                    .startsWith("can't listen on http://127.0.0.1:" + taken.getLocalPort() + "/: ");
        }
    }

    @Test
    void aWrongArgumentIsOneLineAndExitCodeTwo() throws Exception {
        Process process = start("--prot", "1");

        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(errors(process))
                .containsExactly("unknown argument --prot: usage: http-example [--host H] [--port P] | --unix PATH");
    }

    private static Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).start();
    }

    private static void end(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private static InetSocketAddress address(String line) {
        URI uri = URI.create(line.substring(line.indexOf("http://")));
        return new InetSocketAddress(uri.getHost(), uri.getPort());
    }

    private static boolean endsUnanswered(RawClient client) {
        try {
            return client.ended();
        } catch (IOException e) {
            // Reset: also an end.
            return !(e instanceof EOFException);
        }
    }

    private static List<String> errors(Process process) throws IOException {
        return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
