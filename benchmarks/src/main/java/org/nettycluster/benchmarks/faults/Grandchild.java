package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;
import org.nettycluster.benchmarks.load.Mode;
import org.nettycluster.master.WorkerProcess;

/**
 * F20: a worker whose loop is blocked crashes, its JVM runs a command that goes on in the background (HotSpot forks it
 * without closing anything), and ends. The command holds the worker's sockets, lanes too, so that no EOF tells the master.
 * What the worker had received and not claimed must be served by its sibling within 100 ms of its end all the same.
 *
 * <p>The rescue time is a minute here, so that nothing but the worker's end gives it back.
 */
final class Grandchild {
    private static final Duration LATEST = Duration.ofMillis(100);
    private static final int CLIENTS = 10;
    private static final int SECONDS = 30;
    private static final List<String> JVM = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=/dev/null",
            "-XX:OnError=sleep " + SECONDS + " &");

    private final Stage stage;
    private final Finding.Checks checks = new Finding.Checks();
    private final Histogram waited = new Histogram(3);
    private long held;
    private long inherited;
    private long cutLate;
    private int inheritedByJava;
    private double endOfClaimed;

    private Grandchild(Stage stage) {
        this.stage = stage;
    }

    static Finding run(Stage stage, int rounds) throws IOException, InterruptedException {
        return new Grandchild(stage).rounds(rounds);
    }

    private Finding rounds(int rounds) throws IOException, InterruptedException {
        try (RecordedFleet fleet = new RecordedFleet(
                Mode.ONE_SHOT,
                2,
                1,
                JVM,
                b -> b.rescueAfter(Duration.ofMinutes(1))
                        .stallWarn(Duration.ZERO)
                        .output((worker, stream, line) -> {}))) {
            fleet.warmUp(200, Duration.ofSeconds(3));
            for (int i = 0; i < rounds; i++) {
                crash(fleet);
            }
            startedByJava(fleet);
            checks.that(fleet.judge(List.of()).isClean(), "something was served twice");
        }
        checks.that(held > 0, "the worker held nothing: it was no test");
        checks.that(inherited > 0, "the process left behind held no socket: it was no test");
        checks.that(
                waited.getMaxValue() <= LATEST.toNanos(),
                "what it held waited for " + Watched.millis(waited.getMaxValue()) + " ms after its end");
        return checks.with(String.format(
                Locale.ROOT,
                "%d crashes: %d connections held unclaimed, answered after the worker's end p50 %.1f p99 %.1f max %.1f ms, while"
                        + " the process left behind held %.1f sockets each time; clients of %d claimed connections saw their"
                        + " end only with that process; a process started by Java held %d sockets, the client of the killed"
                        + " worker saw its end after %.1f ms",
                rounds,
                held,
                Watched.percentile(waited, 50),
                Watched.percentile(waited, 99),
                Watched.percentile(waited, 100),
                inherited / (double) rounds,
                cutLate,
                inheritedByJava,
                endOfClaimed));
    }

    private void crash(RecordedFleet fleet) throws IOException, InterruptedException {
        fleet.awaitServing(2);
        fleet.warmUp(200, Duration.ofMillis(300));
        try (HttpClient claimed = HttpClient.open(fleet.address())) {
            WorkerProcess victim = named(fleet, claimed.ask("/"));
            claimed.send("/block?ms=60000");
            List<HttpClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    HttpClient client = HttpClient.open(fleet.address());
                    clients.add(client);
                    client.sendLast("/");
                }
                // The sibling's half is answered, the victim's is received, and waits for its loop.
                RunningCluster.pause(Duration.ofMillis(300));
                List<HttpClient> waiting =
                        clients.stream().filter(each -> !each.isAnswered()).toList();
                held += waiting.size();
                CompletableFuture<Long> end =
                        ProcessHandle.of(victim.pid()).orElseThrow().onExit().thenApply(ended -> System.nanoTime());
                fleet.crash(victim);
                for (HttpClient each : waiting) {
                    String answerer = each.answer();
                    checks.that(!answerer.equals(victim.id().toString()), "the victim itself has answered");
                    waited.recordValue(Math.max(0, each.answeredAt() - end.join()));
                }
                end.join();
                List<ProcessHandle> left = Inheritance.leftBy(victim.pid());
                inherited += left.stream()
                        .mapToLong(each -> Inheritance.sockets(each.pid()).size())
                        .sum();
                // Its death costs whom it served; the question is when they learn it.
                cutLate += claimed.isEndedWithin(Duration.ofMillis(200)) ? 0 : 1;
                left.forEach(ProcessHandle::destroyForcibly);
                checks.that(claimed.isEndedWithin(Duration.ofSeconds(5)), "the claimed connection never ended");
            } finally {
                for (HttpClient client : clients) {
                    client.close();
                }
            }
        }
    }

    /** A worker starts a process the Java way, and is killed. */
    private void startedByJava(RecordedFleet fleet) throws IOException, InterruptedException {
        fleet.awaitServing(2);
        fleet.warmUp(200, Duration.ofMillis(300));
        try (HttpClient claimed = HttpClient.open(fleet.address())) {
            WorkerProcess victim = named(fleet, claimed.ask("/spawn"));
            List<ProcessHandle> children =
                    ProcessHandle.of(victim.pid()).orElseThrow().children().toList();
            checks.that(!children.isEmpty(), "the worker has started nothing");
            inheritedByJava = children.stream()
                    .mapToInt(each -> Inheritance.sockets(each.pid()).size())
                    .sum();
            checks.that(inheritedByJava == 0, "a process that Java has started holds " + inheritedByJava + " sockets");
            stage.say("of a worker's sockets " + Inheritance.closeOnExec(victim.pid()) + "; of the master's "
                    + Inheritance.closeOnExec(ProcessHandle.current().pid()));
            long killed = System.nanoTime();
            fleet.kill(victim);
            checks.that(claimed.isEndedWithin(Duration.ofSeconds(5)), "the claimed connection never ended");
            endOfClaimed = Watched.millis(System.nanoTime() - killed);
            children.forEach(ProcessHandle::destroyForcibly);
        }
        long listening = Inheritance.sockets(ProcessHandle.current().pid()).stream()
                .filter(socket -> fleet.serving().stream()
                        .anyMatch(worker -> Inheritance.sockets(worker.pid()).contains(socket)))
                .count();
        checks.that(listening == 0, listening + " of the master's sockets are held by workers");
    }

    private static WorkerProcess named(RecordedFleet fleet, String worker) throws IOException {
        return fleet.serving().stream()
                .filter(each -> each.id().toString().equals(worker))
                .findFirst()
                .orElseThrow(() -> new IOException("worker " + worker + " does not serve"));
    }
}
