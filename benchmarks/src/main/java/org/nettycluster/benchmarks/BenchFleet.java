package org.nettycluster.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.ClusterStatus.Traffic;
import org.nettycluster.master.schedule.Scheduler;
import org.nettycluster.master.supervise.WorkerCommand;

/** A master in this JVM with a fleet of {@link BenchServer}s of one loop each. */
final class BenchFleet implements AutoCloseable {
    private final ClusterMaster master;
    private final InetSocketAddress address;

    /** Returns when all are ready. */
    BenchFleet(Scheduler scheduler, int workers, String... jvmOptions) throws IOException {
        this(scheduler, false, workers, jvmOptions);
    }

    /** The same; {@code shared} lets the workers accept, and the scheduler is asked for nothing. */
    BenchFleet(Scheduler scheduler, boolean shared, int workers, String... jvmOptions) throws IOException {
        List<String> command = new ArrayList<>(List.of("-XX:+UseSerialGC", "-XX:ActiveProcessorCount=1"));
        command.addAll(List.of(jvmOptions));
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), BenchServer.class.getName(), "cluster", "0", "1"));
        master = ClusterMaster.builder()
                .name("bench-" + ProcessHandle.current().pid())
                .scheduler(scheduler)
                .shared(shared)
                .workers(workers)
                .drainIdle(Duration.ZERO)
                .command(WorkerCommand.java(command))
                .start();
        master.ready().toCompletableFuture().join();
        address = master.addresses().iterator().next();
    }

    InetSocketAddress address() {
        return address;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + address.getPort() + "/");
    }

    /** Connections that are open, by slot. */
    List<Long> open() {
        return bySlot(Traffic::active);
    }

    /** Connections that were claimed so far by who sits there now, by slot. */
    List<Long> taken() {
        return bySlot(Traffic::adopted);
    }

    private List<Long> bySlot(ToLongFunction<Traffic> count) {
        return master.status().slots().stream()
                .map(slot -> count.applyAsLong(slot.traffic()))
                .toList();
    }

    /** Looks until so many are open. */
    void awaitOpen(long wanted) {
        long limit = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (sum(open()) != wanted) {
            if (System.nanoTime() - limit > 0) {
                throw new IllegalStateException("after 30 s " + open() + " are open, not " + wanted);
            }
            // The master shall do its work meanwhile, and not answer us.
            LockSupport.parkNanos(5_000_000);
        }
    }

    static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /** The most less the fewest. */
    static long spread(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).max().orElse(0)
                - counts.stream().mapToLong(Long::longValue).min().orElse(0);
    }

    /** Returns when the successor is ready and its predecessor has ended. */
    void replace(int slot) {
        master.restart(slot).toCompletableFuture().join();
    }

    @Override
    public void close() {
        master.close();
    }
}
