package org.nettycluster.testsuite;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ncluster} with the HTTP example, in a process of its own. Closing it leaves none of the processes that it made. */
final class Command implements AutoCloseable {
    static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    static final Path JAR = ROOT.resolve("cluster-cli/target/ncluster.jar");
    static final Path EXAMPLE = ROOT.resolve("examples/http/target/http-example.jar");

    private static final Pattern READY = Pattern.compile("ready: .* on 127\\.0\\.0\\.1:(\\d+), \\d+ workers?: .*");

    private final Process process;
    private final BufferedReader output;

    private Command(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    static Command start(List<String> line) throws IOException {
        return new Command(new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Where it listens, once it is ready. */
    int port() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                return Integer.parseInt(ready.group(1));
            }
        }
        throw new AssertionError("it has ended before it was ready");
    }

    /** On a connection of its own. */
    static String ask(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    List<ProcessHandle> workers() {
        return process.children().toList();
    }

    /** Asks it to stop, and returns its exit code. */
    int stop() throws InterruptedException {
        process.toHandle().destroy();
        return process.waitFor();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
