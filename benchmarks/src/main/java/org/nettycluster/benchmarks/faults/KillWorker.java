package org.nettycluster.benchmarks.faults;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;

/** {@code kill -9} of a ready worker, once a second. */
final class KillWorker implements Scenario {
    private static final Duration LATEST = Duration.ofSeconds(2);

    @Override
    public String name() {
        return "kill-worker";
    }

    @Override
    public String promise() {
        return "kill -9 of a random ready worker of 4 once a second at 300 connections/s: none refused or hung, every failed"
                + " one had been claimed, 4 ready within " + LATEST.toSeconds() + " s after the last kill";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int kills = stage.choose(5, 60);
        RunningCluster cluster = stage.cluster(4, List.of("--breaker", "off", "--back-off-max", "1s"));
        LoadRun warmUp = LoadRun.builder(cluster.uri())
                .rate(300)
                .length(Duration.ofSeconds(3))
                .build();
        warmUp.run();
        Claims claims = Claims.count(cluster);
        LoadRun load = stage.load(LoadRun.builder(cluster.uri()).rate(300).build());
        Random random = new Random();
        long next = System.nanoTime();
        for (int i = 0; i < kills; i++) {
            next += Duration.ofSeconds(1).toNanos();
            RunningCluster.pause(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
            List<JsonObject> ready = cluster.slots().stream()
                    .filter(slot -> slot.text("state").equals("ready"))
                    .toList();
            if (ready.isEmpty()) {
                stage.say("nobody is ready to be killed");
                continue;
            }
            JsonObject victim = ready.get(random.nextInt(ready.size()));
            RunningCluster.kill(victim.number("pid"));
            stage.say("killed worker " + victim.text("worker") + ", one of " + ready.size() + " ready");
        }
        Duration back = backAfter(cluster);
        stage.say("4 are ready " + back.toMillis() + " ms after the last kill");
        RunningCluster.pause(Duration.ofSeconds(1));
        Report report = load.stop();
        claims.judge(report, verdict);
        report.failures().forEach(failure -> stage.say(failure.outcome() + " " + failure.detail()));
        verdict.figure("kills", kills)
                .figure("connections", report.attempts())
                .figure("failed", report.failed())
                .figure("refused", report.count(Outcome.REFUSED))
                .figure("timeouts", report.count(Outcome.TIMEOUT))
                .figure("4 ready after the last kill in ms", back.toMillis())
                .require(report.count(Outcome.REFUSED) == 0, "connections were refused")
                .require(report.count(Outcome.TIMEOUT) + report.count(Outcome.WRONG) == 0, "connections hung")
                .require(back.compareTo(LATEST) <= 0, "4 were ready too late")
                .require(report.notStarted() == 0, "attempts could not be made: " + report.whyNotStarted());
    }

    /** The victim's end has to be noticed first: 4 ready counts only with a new pid in each seat. */
    private static Duration backAfter(RunningCluster cluster) throws Exception {
        return cluster.await(
                status -> status.number("ready") == 4
                        && status.objects("slots").stream()
                                .allMatch(slot ->
                                        ProcessHandle.of(slot.number("pid")).isPresent()),
                "not 4 ready",
                Duration.ofSeconds(30));
    }
}
