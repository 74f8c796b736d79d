package org.nettycluster.benchmarks.faults;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.nettycluster.benchmarks.load.Ended;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.LoadRunBuilder;
import org.nettycluster.benchmarks.load.Mode;
import org.nettycluster.benchmarks.load.Report;
import org.nettycluster.benchmarks.record.Judgement;
import org.nettycluster.benchmarks.record.RecordingServer;
import org.nettycluster.master.ClusterEvents;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerExit;

/**
 * A cluster in this JVM whose workers keep records, and the signals that do things to them. Owns the master, the processes
 * and the directory of the records; used by one thread.
 */
final class RecordedFleet implements AutoCloseable {
    /** For workers that are killed soon. */
    static final List<String> SHORT_LIVED =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx64m");

    private final Mode mode;
    private final Path records;
    private final LastClaims lastClaims = LastClaims.listen();
    private final ClusterMaster master;
    private final Map<String, Long> listening = new ConcurrentHashMap<>();
    private final Set<String> victims = ConcurrentHashMap.newKeySet();

    /**
     * Started, every worker ready.
     *
     * @param mode {@link Mode#ONE_SHOT} or {@link Mode#ECHO}: what the workers speak
     * @param jvm options of the workers' JVMs
     * @param more what else the master is told
     */
    RecordedFleet(Mode mode, int workers, int loops, List<String> jvm, UnaryOperator<ClusterMaster.Builder> more)
            throws IOException {
        this.mode = mode;
        Path memory = Path.of("/dev/shm");
        records = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "ncluster-records-")
                : Files.createTempDirectory("ncluster-records-");
        List<String> java = new ArrayList<>(jvm);
        java.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                RecordingServer.class.getName(),
                mode == Mode.ECHO ? "echo" : "http",
                "0",
                "" + loops,
                records.toString()));
        master = more.apply(ClusterMaster.builder()
                        .name("faults-" + ProcessHandle.current().pid())
                        .workers(workers)
                        .noBreaker()
                        .freshCopy(false)
                        .restartDelay(Duration.ZERO)
                        .command(WorkerCommand.java(java)))
                .start();
        master.listen(new ClusterEvents() {
            @Override
            public void listening(WorkerProcess worker, InetSocketAddress address) {
                synchronized (listening) {
                    listening.put(worker.id().toString(), System.nanoTime());
                    listening.notifyAll();
                }
            }

            @Override
            public void exit(WorkerProcess worker, WorkerExit exit) {
                synchronized (listening) {
                    listening.remove(worker.id().toString());
                    listening.notifyAll();
                }
            }
        });
        master.ready().toCompletableFuture().join();
    }

    ClusterMaster master() {
        return master;
    }

    InetSocketAddress address() {
        return master.addresses().iterator().next();
    }

    LoadRunBuilder load() {
        return LoadRun.builder(URI.create((mode == Mode.ECHO ? "tcp" : "http") + "://127.0.0.1:"
                        + address().getPort() + (mode == Mode.ECHO ? "" : "/")))
                .mode(mode);
    }

    /** Makes everybody's code warm, ours too; counts nowhere but in the record. */
    Report warmUp(double rate, Duration length) {
        return load().rate(rate).length(length).run();
    }

    /** Those that listen and have not been killed. */
    List<WorkerProcess> serving() {
        return master.workers().stream()
                .filter(worker -> listening.containsKey(worker.id().toString()))
                .filter(worker -> !victims.contains(worker.id().toString()))
                .toList();
    }

    /** Waits until so many serve. */
    void awaitServing(int workers) throws InterruptedException {
        synchronized (listening) {
            while (serving().size() < workers) {
                listening.wait(1_000);
            }
        }
    }

    /** Waits until its process has ended. */
    void awaitGone(WorkerProcess worker) {
        worker.exit().toCompletableFuture().join();
    }

    /** When the only worker's successor began to listen; waits for it. */
    long listensAfter(WorkerProcess victim) throws InterruptedException {
        awaitGone(victim);
        awaitServing(1);
        WorkerProcess successor = serving().get(0);
        Long since = listening.get(successor.id().toString());
        if (since == null) {
            throw new IllegalStateException(successor + " has ended as soon as it listened");
        }
        return since;
    }

    int killed() {
        return victims.size();
    }

    /** Open in this process, which is the master. */
    static int descriptors() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }

    /** Connections that clients have seen the end of may take the master a moment; for at most two seconds. */
    int descriptorsOnceAtRest(int enough) throws InterruptedException {
        long patience = System.nanoTime() + 2_000_000_000L;
        int now = descriptors();
        while (now > enough && System.nanoTime() < patience) {
            Thread.sleep(20);
            now = descriptors();
        }
        return now;
    }

    /** SIGKILL. */
    void kill(WorkerProcess worker) {
        victims.add(worker.id().toString());
        worker.kill(true);
    }

    /** SIGSEGV, which a JVM takes for a bug of its own. */
    void crash(WorkerProcess worker) throws IOException, InterruptedException {
        victims.add(worker.id().toString());
        signal("-SEGV", worker);
    }

    /** SIGSTOP; returns when the process stands. */
    void stop(WorkerProcess worker) throws IOException, InterruptedException {
        signal("-STOP", worker);
        while (!stands(worker.pid())) {
            Thread.onSpinWait();
        }
    }

    /** SIGCONT. */
    void resume(WorkerProcess worker) throws IOException, InterruptedException {
        signal("-CONT", worker);
    }

    /** Takes the fleet as it stands for the end of the run. */
    Judgement judge(Collection<Ended> failures) throws IOException {
        return Judgement.of(records, failures, lastClaims.soFar(), victims);
    }

    Path records() {
        return records;
    }

    private static void signal(String signal, WorkerProcess worker) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", signal, "" + worker.pid())
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("can't send " + signal + " to " + worker + ": kill ended with " + code);
        }
    }

    private static boolean stands(long pid) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads.toList()) {
                String stat = Files.readString(thread.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        master.close();
        lastClaims.close();
        try (Stream<Path> files = Files.list(records)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(records);
    }
}
