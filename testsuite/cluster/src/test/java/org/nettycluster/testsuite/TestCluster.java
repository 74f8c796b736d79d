package org.nettycluster.testsuite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.nettycluster.master.dispatch.ConnectionLimits;

/**
 * A running {@link MasterMain} and its workers, all real processes. One thread; a second one reads what they print. Owns
 * the processes: none is left when it is closed, in whatever state it was.
 */
final class TestCluster implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final Process process;
    private final OutputStream orders;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final long masterPid;
    private final InetSocketAddress address;
    private final Path runDirectory;

    private TestCluster(List<String> command) throws IOException {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        orders = process.getOutputStream();
        Thread reader = new Thread(this::read, "master-output");
        reader.setDaemon(true);
        reader.start();
        try {
            String[] ready = next(START).split(" ", 4);
            if (!ready[0].equals("ready")) {
                throw new AssertionError("the master did not start, " + String.join(" ", ready) + printed());
            }
            masterPid = Long.parseLong(ready[1]);
            address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(ready[2]));
            runDirectory = Path.of(ready[3]);
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    /** What its master says of the connections so far. */
    record Counters(
            long accepted, long offered, long claimed, long refused, long revoked, long abandoned, long waiting) {}

    /** The HTTP example, all else by default. */
    static TestCluster http(int workers) throws IOException {
        return http(workers, Duration.ofMillis(10));
    }

    /** The same, with another idea of what a stall is. */
    static TestCluster http(int workers, Duration rescueAfter) throws IOException {
        return of(workers, rescueAfter, Programs.HTTP.worker(workers, 2, List.of()));
    }

    /** With these options for the JVMs of the master and of its workers. */
    static TestCluster http(int workers, List<String> jvm) throws IOException {
        List<String> worker = Programs.HTTP.worker(workers, 2, List.of());
        worker.addAll(1, jvm);
        return of(workers, Duration.ofMillis(10), ConnectionLimits.NONE, worker, jvm);
    }

    /** Any command for the workers. */
    static TestCluster of(int workers, Duration rescueAfter, List<String> command) throws IOException {
        return of(workers, rescueAfter, ConnectionLimits.NONE, command, List.of());
    }

    /** The HTTP example with so many connections at once. */
    static TestCluster limited(int workers, ConnectionLimits limits) throws IOException {
        return of(workers, Duration.ofMillis(10), limits, Programs.HTTP.worker(workers, 2, List.of()), List.of());
    }

    private static TestCluster of(
            int workers, Duration rescueAfter, ConnectionLimits limits, List<String> command, List<String> jvm)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                String.valueOf(workers),
                String.valueOf(rescueAfter.toMillis()),
                "10000",
                String.valueOf(limits.perWorker()),
                String.valueOf(limits.total()),
                limits.overload().name()));
        arguments.addAll(command);
        List<String> master = Programs.HTTP.main(MasterMain.class.getName(), arguments);
        master.addAll(1, jvm);
        return new TestCluster(master);
    }

    InetSocketAddress address() {
        return address;
    }

    /** A client with ten seconds of patience. */
    Client client() {
        return new Client(address, Duration.ofSeconds(10));
    }

    long masterPid() {
        return masterPid;
    }

    Path runDirectory() {
        return runDirectory;
    }

    /** The processes that live now, in the order of their start. */
    List<Long> workers() {
        return Stream.of(ask("workers").split(" "))
                .filter(pid -> !pid.isEmpty())
                .map(Long::valueOf)
                .toList();
    }

    Counters counters() {
        long[] counts =
                Stream.of(ask("counters").split(" ")).mapToLong(Long::parseLong).toArray();
        return new Counters(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6]);
    }

    /**
     * Connections and clients without one.
     *
     * @param backlog clients in the kernel's queue
     */
    record Crowd(long open, long waits, long resets, long backlog) {}

    Crowd crowd() {
        long[] counts =
                Stream.of(ask("crowd").split(" ")).mapToLong(Long::parseLong).toArray();
        return new Crowd(counts[0], counts[1], counts[2], counts[3]);
    }

    /** Stops in good order; returns when the last worker has ended. */
    void stop() {
        ask("stop");
    }

    /** Sockets of the master and of each worker, in this order. */
    List<Long> sockets() {
        List<Long> counts = new ArrayList<>();
        counts.add(Proc.sockets(masterPid));
        workers().forEach(pid -> counts.add(Proc.sockets(pid)));
        return counts;
    }

    /** Asks on fresh connections until each of these processes has answered. */
    void meet(Collection<Long> pids) {
        List<Long> missing = new ArrayList<>(pids);
        Client client = client();
        Await.until(START, () -> "answers of " + missing, () -> {
            missing.remove(client.get("/").pid());
            return missing.isEmpty();
        });
    }

    /** Lines that master and workers have printed so far. */
    List<String> log() {
        return List.copyOf(log);
    }

    /** The same, to go behind a message of failure. */
    String printed() {
        return "\nThey printed:\n" + String.join("\n", log);
    }

    private String ask(String order) {
        try {
            orders.write((order + "\n").getBytes(StandardCharsets.UTF_8));
            orders.flush();
        } catch (IOException e) {
            throw new AssertionError("the master has ended" + printed(), e);
        }
        return next(ANSWER);
    }

    private String next(Duration patience) {
        try {
            String answer = answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (answer == null) {
                throw new AssertionError("the master did not answer within " + patience + printed());
            }
            return answer;
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while the master was asked", e);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(MasterMain.MARK)) {
                    answers.add(line.substring(MasterMain.MARK.length()));
                } else {
                    log.add(line);
                }
            }
        } catch (IOException e) {
            // The process was killed.
        } finally {
            answers.add("ended");
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> family = process.descendants().toList();
        try {
            // End of file is the order to end.
            orders.close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            family.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
