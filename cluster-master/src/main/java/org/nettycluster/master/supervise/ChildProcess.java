package org.nettycluster.master.supervise;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;

/**
 * One started process, the two threads that read what it prints, and one that waits for its end. Its standard input is
 * empty. Thread safe.
 *
 * <p>The threads are there before they are needed: {@code Process.onExit} starts one when the process ends, and where the
 * user may have no more threads then, the end would never be told.
 *
 * <p>It leads a session of its own where setsid(1) is installed, so that the terminal's Ctrl-C reaches the master alone,
 * which then lets running requests end.
 */
public final class ChildProcess {
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private final Process process;
    private final CompletableFuture<WorkerExit> exit = new CompletableFuture<>();
    private final CompletableFuture<Void> outputEnded;

    private ChildProcess(Process process, WorkerId worker, WorkerOutput output) {
        this.process = process;
        thread("ncluster-exit-" + worker, this::awaitExit);
        this.outputEnded = CompletableFuture.allOf(
                pump(worker, WorkerOutput.Stream.OUT, process.getInputStream(), output),
                pump(worker, WorkerOutput.Stream.ERR, process.getErrorStream(), output));
    }

    /**
     * Starts it.
     *
     * @throws IOException naming the program that could not be started
     */
    public static ChildProcess start(
            WorkerId worker, WorkerCommand command, WorkerEnvironment role, WorkerOutput output) throws IOException {
        String problem = problem(command);
        if (problem != null) {
            throw new IOException("can't start worker " + worker + ": " + problem);
        }
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
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        @Nullable Process process = null;
        try {
            Map<String, String> environment = builder.environment();
            // Of sd_listen_fds(3): those sockets are the master's, and no worker inherits them.
            environment.keySet().removeAll(List.of("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"));
            environment.putAll(command.environment());
            role.putInto(environment);
            process = builder.start();
            return new ChildProcess(process, worker, output);
        } catch (IOException | IllegalArgumentException e) {
            // The latter for a name in the environment that holds '=' or a zero.
            throw new IOException("can't start worker " + worker + ": " + e.getMessage(), e);
        } catch (OutOfMemoryError e) {
            // No thread for it, of ours or of the JDK's: this user may have no more (ulimit -u, pids.max).
            if (process != null) {
                process.destroyForcibly();
            }
            throw new IOException("can't start worker " + worker + ": " + e.getMessage(), e);
        }
    }

    /** What setsid(1) would say on the worker's standard error, where the caller of fork does not see it. */
    private static @Nullable String problem(WorkerCommand command) {
        Path directory = command.directory();
        if (directory != null && !Files.isDirectory(directory)) {
            return "its directory " + directory + " is not there";
        }
        String program = command.command().get(0);
        if (program.contains("/")) {
            // A relative name is the child's business: it is looked up in the child's directory.
            Path file = (directory == null ? Path.of("") : directory).resolve(program);
            return Files.isExecutable(file) && !Files.isDirectory(file)
                    ? null
                    : "there is no program " + file.toAbsolutePath().normalize() + " that we may execute";
        }
        String path = command.environment().getOrDefault("PATH", System.getenv("PATH"));
        if (path == null) {
            return null;
        }
        for (String each : path.split(":", -1)) {
            if (Files.isExecutable(Path.of(each).resolve(program))) {
                return null;
            }
        }
        return "there is no program '" + program + "' in PATH";
    }

    private static CompletableFuture<Void> pump(
            WorkerId worker, WorkerOutput.Stream stream, InputStream from, WorkerOutput output) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        thread("ncluster-output-" + worker + "-" + stream, () -> {
            try {
                new OutputLines(text -> output.line(worker, stream, text)).readAll(from);
            } catch (IOException e) {
                // The pipe was closed under us: the process has ended.
            } finally {
                ended.complete(null);
            }
        });
        return ended;
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void awaitExit() {
        while (true) {
            try {
                exit.complete(WorkerExit.of(process.waitFor()));
                return;
            } catch (InterruptedException e) {
                // Nobody has a reason to.
            }
        }
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** It, and no other one that may get its id later. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completed, on a thread of its own, when the process has ended. */
    public CompletionStage<WorkerExit> exit() {
        return exit;
    }

    /** Completed when both of its streams have ended; a grandchild may keep them open. */
    public CompletionStage<Void> outputEnded() {
        return outputEnded;
    }

    /** SIGTERM. Through the handle: {@link Process#destroy} would close the pipes, and with them its last lines. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /**
     * Sends it a signal by its name, with kill(1): the JDK has two of them only.
     *
     * @return whether it ran
     * @throws IllegalArgumentException if the system has no such signal
     * @throws UncheckedIOException if kill(1) can't be run, or may not
     */
    public boolean signal(String name) {
        return new Signal(name).send(process.toHandle());
    }

    /** SIGKILL. */
    public void kill() {
        process.toHandle().destroyForcibly();
    }
}
