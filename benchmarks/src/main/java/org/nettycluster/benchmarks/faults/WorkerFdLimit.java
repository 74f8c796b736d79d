package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.load.Ended;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;

/**
 * F12: more connections at a time than the workers have descriptors for, first passing through, then held. A worker takes
 * none of the last 32; who finds no place waits in the backlog.
 */
final class WorkerFdLimit implements Scenario {
    private static final int LIMIT = 300;
    private static final int RESERVE = 32;
    private static final int WINDOW = 8;
    private static final int WORKERS = 2;
    private static final Duration HELD = Duration.ofSeconds(6);
    private static final Duration RECOVERY = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "worker-fd-limit";
    }

    @Override
    public String promise() {
        return WORKERS + " workers of " + LIMIT + " descriptors each (soft and hard), more connections at a time than"
                + " that: none fails, each worker keeps " + RESERVE + " free but for what is on its way, at most twice "
                + WINDOW
                + ", none is refused by it; at the limit less than 10 % of a processor for all; who waits is served"
                + " within " + RECOVERY.toSeconds() + " s after others have ended";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        RunningCluster cluster = stage.cluster(
                WORKERS,
                List.of(),
                stage.installation().example(),
                List.of("/bin/sh", "-c", "ulimit -n " + LIMIT + " && exec \"$@\"", "sh"));
        URI uri = cluster.uri();
        LoadRun.builder(uri).rate(200).length(Duration.ofSeconds(3)).run();
        List<Long> workers = new ArrayList<>();
        for (JsonObject slot : cluster.slots()) {
            workers.add(slot.number("pid"));
            verdict.require(
                    new Vitals(slot.number("pid")).descriptorLimit().equals("" + LIMIT),
                    "worker " + slot.text("worker") + " has another limit");
        }
        passThrough(stage, verdict, cluster, uri, workers);
        hold(stage, verdict, cluster, uri, workers);
        List<String> lost = cluster.lines("lost a connection on its way here");
        verdict.require(lost.isEmpty(), "workers ran out of descriptors: " + lost)
                .require(!cluster.lines("takes no more connections until").isEmpty(), "no worker reached its limit");
    }

    private static void passThrough(Stage stage, Verdict verdict, RunningCluster cluster, URI uri, List<Long> workers)
            throws Exception {
        int connections = stage.choose(3_000, 10_000);
        LoadRun load = stage.load(LoadRun.builder(uri.resolve("/slow?ms=400"))
                .rate(1_500)
                .length(Duration.ofMillis(connections * 1_000L / 1_500))
                .timeout(Duration.ofSeconds(60))
                .build());
        int most = 0;
        while (!load.report().isDone()) {
            most = Math.max(most, most(workers));
            RunningCluster.pause(Duration.ofMillis(20));
        }
        Report report = load.report().join();
        JsonObject listener = cluster.listener();
        stage.say(report.attempts() + " connections passed through: " + report.outcomes() + ", at most " + most
                + " descriptors of " + LIMIT + " in use");
        verdict.figure("connections", report.attempts())
                .figure("failed", report.failed())
                .figure("descriptors in use at most", most)
                .figure("given back by workers", listener.number("refused"))
                .figure("taken back", listener.number("revoked"))
                .figure("body p50/max in ms", ms(report, 50) + "/" + ms(report, 100))
                .require(report.failed() == 0, report.failed() + " failed: " + report.outcomes())
                .require(report.notStarted() == 0, "attempts could not be made: " + report.whyNotStarted())
                .require(listener.number("refused") == 0, "workers refused " + listener.number("refused"))
                .require(most <= LIMIT - RESERVE + 2 * WINDOW, "a worker used " + most + " descriptors");
    }

    private static void hold(Stage stage, Verdict verdict, RunningCluster cluster, URI uri, List<Long> workers)
            throws Exception {
        int connections = 700;
        Watched watched = new Watched(ended -> true);
        LoadRun load = stage.load(LoadRun.builder(uri.resolve("/slow?ms=" + HELD.toMillis()))
                .rate(3_000)
                .length(Duration.ofMillis(connections * 1_000L / 3_000))
                .timeout(Duration.ofSeconds(60))
                .observer(watched)
                .build());
        RunningCluster.pause(Duration.ofSeconds(2));
        List<Long> all = new ArrayList<>(workers);
        all.add(cluster.master().pid());
        long from = System.nanoTime();
        List<Duration> before = cpu(all);
        RunningCluster.pause(Duration.ofSeconds(3));
        List<Duration> now = cpu(all);
        double used = 0;
        List<String> each = new ArrayList<>();
        for (int i = 0; i < now.size(); i++) {
            double percent = now.get(i).minus(before.get(i)).toNanos() * 100.0 / (System.nanoTime() - from);
            used += percent;
            each.add(String.format(Locale.ROOT, "%.1f", percent));
        }
        stage.say("at the limit: workers and master use " + String.join(", ", each) + " % of a processor");
        Report report = load.report().join();
        List<Ended> ended = watched.soFar();
        long first = ended.stream().mapToLong(Ended::answered).min().orElse(0);
        // Who waited was claimed so long before his answer; whoever was taken at once began before the first answer.
        List<Long> claims = ended.stream()
                .map(one -> one.answered() - HELD.toNanos() - first)
                .filter(after -> after > 0)
                .toList();
        double recovery = claims.stream().mapToLong(Long::longValue).max().orElse(0) / 1e6;
        stage.say(report.attempts() + " connections held for " + HELD.toSeconds() + " s: " + claims.size()
                + " waited, the last was taken " + String.format(Locale.ROOT, "%.0f", recovery)
                + " ms after the first had ended");
        verdict.figure("processor at the limit in %", String.format(Locale.ROOT, "%.1f", used))
                .figure("waited", claims.size())
                .figure("taken after the first end in ms, the last", String.format(Locale.ROOT, "%.0f", recovery))
                .require(report.count(Outcome.OK) == report.attempts(), report.failed() + " held ones failed")
                .require(used < 10, "at the limit they used " + used + " % of a processor")
                .require(claims.size() > 100, "only " + claims.size() + " waited: the limit was not reached")
                .require(recovery <= RECOVERY.toMillis(), "who waited was taken too late");
    }

    private static List<Duration> cpu(List<Long> pids) throws IOException {
        List<Duration> all = new ArrayList<>();
        for (long pid : pids) {
            all.add(new Vitals(pid).cpu());
        }
        return all;
    }

    private static int most(List<Long> pids) throws IOException {
        int most = 0;
        for (long pid : pids) {
            most = Math.max(most, new Vitals(pid).descriptors());
        }
        return most;
    }

    private static String ms(Report report, double percentile) {
        return String.format(Locale.ROOT, "%.0f", Watched.percentile(report.toBody(), percentile));
    }
}
