package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The command in a process of its own, and the lines that it has printed so far. Closing it leaves no process. */
final class CommandProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();
    private final List<Thread> readers;
    private int streamsEnded;

    private CommandProcess(Process process, boolean read) {
        this.process = process;
        this.readers = read
                ? List.of(
                        reader(process.inputReader(StandardCharsets.UTF_8), out),
                        reader(process.errorReader(StandardCharsets.UTF_8), err))
                : List.of();
        readers.forEach(Thread::start);
    }

    static CommandProcess start(String... arguments) throws IOException {
        return new CommandProcess(process(arguments), true);
    }

    private static Process process(String... arguments) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        if (Runtime.version().feature() >= 24) {
            line.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        line.addAll(List.of("-cp", classPath(), Main.class.getName()));
        line.addAll(List.of(arguments));
        return new ProcessBuilder(line).start();
    }

    /** {@code run} with options that let small programs start quickly, in this directory. */
    static CommandProcess run(Path runDirectory, int workers, Class<?> program, String... arguments)
            throws IOException {
        return run(runDirectory, workers, List.of(), program, arguments);
    }

    /** The same with more options. */
    static CommandProcess run(
            Path runDirectory, int workers, List<String> options, Class<?> program, String... arguments)
            throws IOException {
        return start(line(runDirectory, workers, options, program, arguments));
    }

    /** The same, and nobody reads what it prints. */
    static CommandProcess runUnread(
            Path runDirectory, int workers, List<String> options, Class<?> program, String... arguments)
            throws IOException {
        return new CommandProcess(process(line(runDirectory, workers, options, program, arguments)), false);
    }

    private static String[] line(
            Path runDirectory, int workers, List<String> options, Class<?> program, String... arguments) {
        List<String> line =
                new ArrayList<>(List.of("run", "-w", Integer.toString(workers), "--run-dir", runDirectory.toString()));
        line.addAll(options);
        line.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "--env", "GREETING=good day"));
        line.addAll(List.of("-cp", classPath(), program.getName()));
        line.addAll(List.of(arguments));
        return line.toArray(String[]::new);
    }

    /** Bytes that nobody has read yet. */
    int unread(boolean ofStandardError) throws IOException {
        return (ofStandardError ? process.getErrorStream() : process.getInputStream()).available();
    }

    static String classPath() {
        return System.getProperty("java.class.path");
    }

    private Thread reader(BufferedReader from, List<String> into) {
        Thread thread = new Thread(() -> {
            try (from) {
                for (String line = from.readLine(); line != null; line = from.readLine()) {
                    synchronized (this) {
                        into.add(line);
                        notifyAll();
                    }
                }
            } catch (IOException e) {
                // The process is gone.
            }
            synchronized (this) {
                streamsEnded++;
                notifyAll();
            }
        });
        thread.setDaemon(true);
        return thread;
    }

    /** Waits for such a line on standard output. */
    String awaitOut(Predicate<String> wanted) throws InterruptedException {
        return await(out, wanted);
    }

    /** Waits for such a line on standard error. */
    String awaitErr(Predicate<String> wanted) throws InterruptedException {
        return await(err, wanted);
    }

    String awaitReady() throws InterruptedException {
        return awaitOut(line -> line.startsWith("ready: "));
    }

    private synchronized String await(List<String> lines, Predicate<String> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            for (String line : lines) {
                if (wanted.test(line)) {
                    return line;
                }
            }
            long left = deadline - System.nanoTime();
            if (left <= 0 || streamsEnded == 2) {
                return fail("no such line in" + System.lineSeparator() + this);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** SIGTERM. Not by Process.destroy, which closes the streams too. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Any signal, by its name without SIG. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-s", name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    List<ProcessHandle> workers() {
        try (Stream<ProcessHandle> children = process.descendants()) {
            return children.toList();
        }
    }

    /** Waits for the end of the command and of its streams, which workers share with nobody. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            return fail("still runs:" + System.lineSeparator() + this);
        }
        for (Thread reader : readers) {
            reader.join(LIMIT.toMillis());
        }
        return process.exitValue();
    }

    synchronized List<String> out() {
        return List.copyOf(out);
    }

    synchronized List<String> err() {
        return List.copyOf(err);
    }

    @Override
    public synchronized String toString() {
        return "standard output:" + String.join(System.lineSeparator() + "  ", out) + System.lineSeparator()
                + "standard error:" + String.join(System.lineSeparator() + "  ", err);
    }

    @Override
    public void close() {
        List<ProcessHandle> workers = workers();
        process.destroyForcibly();
        workers.forEach(ProcessHandle::destroyForcibly);
    }
}
