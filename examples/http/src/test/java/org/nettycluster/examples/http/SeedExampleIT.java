package org.nettycluster.examples.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program of Node's documentation: a master and its workers as real processes. */
@Timeout(120)
class SeedExampleIT {
    private static final int CPUS = Runtime.getRuntime().availableProcessors();

    @Test
    void aWorkerForEachProcessorServesAndAWorkersDeathIsTold() throws Exception {
        int port = freePort();
        Process master = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dport=" + port,
                        "-cp",
                        Path.of("target", "http-example.jar").toString(),
                        SeedExample.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<ProcessHandle> workers = new ArrayList<>();
        try (BufferedReader output = master.inputReader()) {
            assertThat(output.readLine()).isEqualTo("master " + master.pid() + " is running");
            for (int i = 0; i < CPUS; i++) {
                workers.add(worker(output.readLine()));
            }
            assertServes(port);

            ProcessHandle victim = workers.get(0);
            victim.destroyForcibly();

            assertThat(output.readLine()).isEqualTo("worker " + victim.pid() + " died");
            if (CPUS > 1) {
                assertServes(port);
            }
        } finally {
            master.destroyForcibly().waitFor();
            for (ProcessHandle worker : workers) {
                // Without its master none stays behind.
                worker.onExit().get(60, TimeUnit.SECONDS);
            }
        }
    }

    private static ProcessHandle worker(String line) {
        assertThat(line).matches("worker \\d+ started");
        return ProcessHandle.of(Long.parseLong(line.split(" ")[1])).orElseThrow();
    }

    private static void assertServes(int port) throws IOException {
        for (int i = 0; i < 2 * CPUS; i++) {
            try (RawClient client = new RawClient(new InetSocketAddress("127.0.0.1", port))) {
                assertThat(client.get("/").body()).isEqualTo("hello world\n");
            }
        }
    }

    /** Somebody may take it meanwhile; then the workers say so. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
