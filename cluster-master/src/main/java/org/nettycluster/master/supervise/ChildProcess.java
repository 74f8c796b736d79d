package org.nettycluster.master.supervise;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;

/**
 * One started process and the two threads that read what it prints. Its standard input is empty. Thread safe.
 *
 * <p>It leads a session of its own where setsid(1) is installed, so that the terminal's Ctrl-C reaches the master alone,
 * which then lets running requests end.
 */
public final class ChildProcess {
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private final Process process;
    private final CompletableFuture<Void> outputEnded;

    private ChildProcess(Process process, CompletableFuture<Void> outputEnded) {
        this.process = process;
        this.outputEnded = outputEnded;
    }

    /**
     * Starts it.
     *
     * @throws IOException naming the program that could not be started
     */
    public static ChildProcess start(
            WorkerId worker, WorkerCommand command, WorkerEnvironment role, WorkerOutput output) throws IOException {
        List<String> line = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            // It execs the program in the same process, so we stay its parent.
            line.add(SETSID.toString());
        }
        line.addAll(command.command());
        ProcessBuilder builder = new ProcessBuilder(line);
        if (command.directory() != null) {
            builder.directory(command.directory().toFile());
        }
        Map<String, String> environment = builder.environment();
        environment.putAll(command.environment());
        role.putInto(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new IOException("can't start worker " + worker + ": " + e.getMessage(), e);
        }
        return new ChildProcess(
                process,
                CompletableFuture.allOf(
                        pump(worker, WorkerOutput.Stream.OUT, process.getInputStream(), output),
                        pump(worker, WorkerOutput.Stream.ERR, process.getErrorStream(), output)));
    }

    private static CompletableFuture<Void> pump(
            WorkerId worker, WorkerOutput.Stream stream, InputStream from, WorkerOutput output) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try (BufferedReader lines =
                            new BufferedReader(new InputStreamReader(from, Charset.defaultCharset()))) {
                        for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                            output.line(worker, stream, text);
                        }
                    } catch (IOException e) {
                        // The pipe was closed under us: the process has ended.
                    } finally {
                        ended.complete(null);
                    }
                },
                "ncluster-output-" + worker + "-" + stream);
        thread.setDaemon(true);
        thread.start();
        return ended;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completed, on some thread of the JDK, when the process has ended. */
    public CompletionStage<WorkerExit> exit() {
        return process.onExit().thenApply(ended -> WorkerExit.of(ended.exitValue()));
    }

    /** Completed when both of its streams have ended; a grandchild may keep them open. */
    public CompletionStage<Void> outputEnded() {
        return outputEnded;
    }

    /** SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
    }
}
