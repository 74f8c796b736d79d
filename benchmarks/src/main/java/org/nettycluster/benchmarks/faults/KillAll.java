package org.nettycluster.benchmarks.faults;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;

/** F3: {@code kill -9} of all workers at once. Who comes while there is none waits for the first that is there again. */
final class KillAll implements Scenario {
    private static final int WORKERS = 4;
    private static final double RATE = 200;

    @Override
    public String name() {
        return "kill-all";
    }

    @Override
    public String promise() {
        return "kill -9 of all " + WORKERS
                + " workers at once, again when all are back and nobody waits any more, at 200 connections/s: none"
                + " refused or hung, every failed one had been claimed, all others are served by the successors";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int times = stage.choose(1, 50);
        RunningCluster cluster = stage.cluster(WORKERS, List.of("--breaker", "off", "--back-off-max", "200ms"));
        LoadRun.builder(cluster.uri()).rate(RATE).length(Duration.ofSeconds(3)).run();
        Claims claims = Claims.count(cluster);
        LoadRun load = stage.load(LoadRun.builder(cluster.uri())
                .rate(RATE)
                .timeout(Duration.ofSeconds(30))
                .build());
        Duration longest = Duration.ZERO;
        Watched last = new Watched(ended -> true);
        for (int i = 0; i < times; i++) {
            RunningCluster.pause(Duration.ofMillis(500));
            Set<Long> victims =
                    cluster.slots().stream().map(slot -> slot.number("pid")).collect(Collectors.toSet());
            victims.forEach(RunningCluster::kill);
            Duration back = cluster.await(
                    status -> status.number("ready") == WORKERS
                            && status.objects("slots").stream()
                                    .map(slot -> slot.number("pid"))
                                    .noneMatch(victims::contains),
                    "not all are back",
                    Duration.ofSeconds(60));
            // Clients wait in line: with this one's answer all that came before it have been accepted.
            LoadRun.builder(cluster.uri())
                    .rate(10)
                    .length(Duration.ofMillis(50))
                    .timeout(Duration.ofSeconds(60))
                    .observer(last)
                    .run();
            longest = longest.compareTo(back) > 0 ? longest : back;
        }
        RunningCluster.pause(Duration.ofSeconds(1));
        Report report = load.stop();
        claims.judge(report.attempts() + last.soFar().size(), verdict);
        JsonObject listener = cluster.listener();
        stage.say(report.attempts() + " attempts: " + report.outcomes());
        report.failures().forEach(failure -> stage.say(failure.outcome() + " " + failure.detail()));
        verdict.figure("times", times)
                .figure("connections", report.attempts())
                .figure("failed", report.failed())
                .figure("refused", report.count(Outcome.REFUSED))
                .figure("waiting in the end", listener.number("waiting"))
                .figure("all back after ms, at most", longest.toMillis())
                .figure("the longest wait for a body in ms", (long) Watched.percentile(report.toBody(), 100))
                .require(report.count(Outcome.REFUSED) == 0, "connections were refused")
                .require(report.count(Outcome.TIMEOUT) + report.count(Outcome.WRONG) == 0, "connections hung")
                .require(report.notStarted() == 0, "attempts could not be made: " + report.whyNotStarted());
    }
}
