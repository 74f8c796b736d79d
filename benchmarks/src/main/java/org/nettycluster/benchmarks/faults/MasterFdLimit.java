package org.nettycluster.benchmarks.faults;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.load.Ended;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Report;

/**
 * F13: the master has next to no descriptors left. First nobody claims what it holds, so that it can accept no more; then
 * a crowd passes through what is left.
 */
final class MasterFdLimit implements Scenario {
    private static final int LEFT = 4;
    private static final int WORKERS = 4;
    private static final Duration RECOVERY = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "master-fd-limit";
    }

    @Override
    public String promise() {
        return "a master with " + LEFT
                + " descriptors left (of its soft limit): with all workers stopped it accepts none, closes"
                + " none, and uses less than 5 % of a processor; all are answered within " + RECOVERY.toSeconds()
                + " s after the workers go on; then a crowd passes, none fails";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        RunningCluster cluster = stage.cluster(WORKERS, List.of());
        LoadRun.builder(cluster.uri()).rate(300).length(Duration.ofSeconds(3)).run();
        List<Vitals> workers = cluster.slots().stream()
                .map(slot -> new Vitals(slot.number("pid")))
                .toList();
        Claims claims = Claims.count(cluster);
        URI uri = cluster.uri();
        Vitals master = new Vitals(cluster.master().pid());
        int limit = master.limitLeaving(LEFT);
        String before = master.descriptorLimit();
        // The hard limit stays where it is, or nobody could be asked afterwards.
        master.limitDescriptors(limit + ":");
        stage.say("the master has " + master.descriptors() + " descriptors of " + limit);

        for (Vitals worker : workers) {
            worker.signal("STOP");
        }
        Watched watched = new Watched(ended -> true);
        LoadRun waiting = stage.load(LoadRun.builder(uri)
                .rate(1_000)
                .length(Duration.ofMillis(300))
                .timeout(Duration.ofSeconds(60))
                .observer(watched)
                .build());
        RunningCluster.pause(Duration.ofSeconds(2));
        long from = System.nanoTime();
        Duration cpu = master.cpu();
        RunningCluster.pause(Duration.ofSeconds(2));
        double used = master.cpu().minus(cpu).toNanos() * 100.0 / (System.nanoTime() - from);
        int answeredEarly = watched.soFar().size();
        long resumed = System.nanoTime();
        for (Vitals worker : workers) {
            worker.signal("CONT");
        }
        Report held = waiting.report().join();
        double recovery =
                watched.soFar().stream().mapToLong(Ended::answered).max().orElse(resumed) - resumed;
        stage.say(held.attempts() + " waited for stopped workers: " + held.outcomes() + ", the last was answered "
                + String.format(Locale.ROOT, "%.0f", recovery / 1e6) + " ms after they went on");

        int connections = stage.choose(3_000, 10_000);
        Report crowd = LoadRun.builder(uri)
                .rate(2_000)
                .length(Duration.ofMillis(connections / 2))
                .timeout(Duration.ofSeconds(60))
                .run();
        master.limitDescriptors(before + ":");
        List<String> said = cluster.lines("can't accept on");
        stage.say(crowd.attempts() + " passed: " + crowd.outcomes());
        JsonObject listener = cluster.listener();
        claims.judge(held.attempts() + crowd.attempts(), verdict);
        verdict.figure("connections", held.attempts() + crowd.attempts())
                .figure("failed", held.failed() + crowd.failed())
                .figure("abandoned", listener.number("abandoned"))
                .figure("processor at the limit in %", String.format(Locale.ROOT, "%.1f", used))
                .figure("all answered in ms", String.format(Locale.ROOT, "%.0f", recovery / 1e6))
                .figure(
                        "of the crowd, body p99/max in ms",
                        String.format(
                                Locale.ROOT,
                                "%.0f/%.0f",
                                Watched.percentile(crowd.toBody(), 99),
                                Watched.percentile(crowd.toBody(), 100)))
                .require(held.failed() == 0, held.outcomes() + " of those who waited")
                .require(crowd.failed() == 0, crowd.outcomes() + " of the crowd")
                .require(answeredEarly == 0, answeredEarly + " ended while all workers were stopped")
                .require(!said.isEmpty(), "the master never reached its limit")
                .require(used < 5, "at the limit it used " + used + " % of a processor")
                .require(recovery / 1e6 <= RECOVERY.toMillis(), "it recovered too late");
    }
}
