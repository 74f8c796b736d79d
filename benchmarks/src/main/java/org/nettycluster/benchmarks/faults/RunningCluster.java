package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.nettycluster.admin.Json;
import org.nettycluster.admin.JsonObject;

/**
 * A cluster that runs in processes of its own, started and told what to do by the real {@code bin/ncluster}. May be used by
 * any thread.
 */
public final class RunningCluster implements AutoCloseable {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private final Installation installation;
    private final Path runDirectory;
    private final Process master;
    private final Path log;
    private final AdminSocket admin;
    private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();

    private RunningCluster(Installation installation, Path runDirectory, Process master, Path log) {
        this.installation = installation;
        this.runDirectory = runDirectory;
        this.master = master;
        this.log = log;
        this.admin = new AdminSocket(runDirectory.resolve("admin.sock"));
    }

    static RunningCluster start(
            Installation installation,
            Path runDirectory,
            int workers,
            List<String> options,
            Path jar,
            List<String> prefix,
            Path log)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                installation.command().toString(), "run", "-w", "" + workers, "--run-dir", runDirectory.toString()));
        command.addAll(options);
        command.addAll(List.of(jar.toString(), "--port", "0"));
        Process master = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new RunningCluster(installation, runDirectory, master, log);
    }

    /** Where it listens. */
    public URI uri() throws IOException {
        return URI.create("http://" + status().objects("listeners").get(0).text("address") + "/");
    }

    /** As docs/admin.md describes it. */
    public JsonObject status() throws IOException {
        master.descendants().forEach(seen::add);
        return Json.read(admin.ask("GET", "/v1/status", ""));
    }

    /** The same, or an object without fields as long as nobody answers. */
    private JsonObject statusIfAny() throws IOException {
        if (!master.isAlive()) {
            throw new IOException("the master has ended: " + tail());
        }
        return Files.exists(admin.path()) ? status() : Json.read("{}");
    }

    /** The slots of the fleet. */
    public List<JsonObject> slots() throws IOException {
        return status().objects("slots");
    }

    /** Counters of its only listener. */
    public JsonObject listener() throws IOException {
        return status().objects("listeners").get(0);
    }

    /** Answered when it is done: a change of the fleet, without the start of a command. */
    public String post(String target, String body) throws IOException {
        return admin.ask("POST", target, body);
    }

    /** The first so many: all slots are ready. */
    public Duration awaitReady(Duration atMost) throws IOException {
        return await(
                status -> status.number("workers") > 0 && status.number("ready") == status.number("workers"),
                "not all workers are ready",
                atMost);
    }

    /** How long it took until the status was so. */
    public Duration await(Predicate<JsonObject> so, String otherwise, Duration atMost) throws IOException {
        long from = System.nanoTime();
        while (true) {
            boolean late = System.nanoTime() - from > atMost.toNanos();
            try {
                if (so.test(statusIfAny())) {
                    return Duration.ofNanos(System.nanoTime() - from);
                }
            } catch (IOException e) {
                // The socket is made before somebody listens on it.
                if (late || !master.isAlive()) {
                    throw e;
                }
            }
            if (late) {
                throw new IOException(otherwise + " after " + atMost.toMillis() + " ms: " + tail());
            }
            pause(BETWEEN_LOOKS);
        }
    }

    /** Runs a command on it: {@code reload}, {@code ls} and so on. */
    public CommandResult command(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(installation.command().toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("--run-dir", runDirectory.toString()));
        long from = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.waitFor();
        return new CommandResult(exitCode, output, Duration.ofNanos(System.nanoTime() - from));
    }

    /** The master's process. */
    public Process master() {
        return master;
    }

    /** Processes of workers that are there now. */
    public List<ProcessHandle> workers() {
        master.descendants().forEach(seen::add);
        return seen.stream().filter(ProcessHandle::isAlive).toList();
    }

    /** SIGKILL. */
    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** All that it and its workers have printed so far. */
    public List<String> lines() throws IOException {
        return Files.readAllLines(log);
    }

    /** What it printed last. */
    public String tail() {
        if (!Files.isRegularFile(log)) {
            return "its output went to " + log;
        }
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        } catch (IOException e) {
            return "its output can't be read: " + e.getMessage();
        }
    }

    /** What it has printed so far that contains this. */
    List<String> lines(String part) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains(part))
                .toList();
    }

    /** Its socket and all else that it keeps. */
    Path runDirectory() {
        return runDirectory;
    }

    static void pause(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }

    @Override
    public void close() {
        master.descendants().forEach(seen::add);
        master.destroy();
        if (!endsWithin(master.toHandle())) {
            master.destroyForcibly();
        }
        seen.forEach(ProcessHandle::destroyForcibly);
        seen.forEach(RunningCluster::endsWithin);
    }

    private static boolean endsWithin(ProcessHandle process) {
        process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
        return !process.isAlive();
    }
}
