package org.nettycluster.benchmarks.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.faults.program.SaysAndServes;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;

/** The worker of one slot is killed as often as it comes back. */
final class BreakerOpens implements Scenario {
    private static final int SLOT = 2;
    private static final int CRASHES = 5;

    @Override
    public String name() {
        return "breaker";
    }

    @Override
    public String promise() {
        return "one slot of 4 is killed until its breaker opens (" + CRASHES + " in 60 s): no other slot crashes, none"
                + " refused or hung, every failed one had been claimed, ls shows the slot with its"
                + " last line on standard error, restart brings it back";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        Path jar = ProgramJar.beside(stage).of(SaysAndServes.class);
        RunningCluster cluster =
                stage.cluster(4, List.of("--breaker", CRASHES + "/60s", "--back-off-max", "500ms"), jar);
        LoadRun.builder(cluster.uri()).rate(100).length(Duration.ofSeconds(2)).run();
        Claims claims = Claims.count(cluster);
        LoadRun load = stage.load(LoadRun.builder(cluster.uri()).rate(100).build());
        int kills = 0;
        while (!slot(cluster).text("state").equals("gave-up") && kills < 3 * CRASHES) {
            JsonObject victim = slot(cluster);
            if (victim.text("state").equals("ready")) {
                RunningCluster.kill(victim.number("pid"));
                kills++;
                stage.say("killed worker " + victim.text("worker"));
                cluster.await(
                        status -> !status.objects("slots")
                                        .get(SLOT - 1)
                                        .text("worker")
                                        .equals(victim.text("worker"))
                                || !status.objects("slots")
                                        .get(SLOT - 1)
                                        .text("state")
                                        .equals("ready"),
                        "the kill was not noticed",
                        Duration.ofSeconds(10));
            } else {
                RunningCluster.pause(Duration.ofMillis(20));
                // Starting, or waiting to.
            }
        }
        String state = slot(cluster).text("state");
        long others = cluster.slots().stream()
                .filter(each -> each.number("slot") != SLOT)
                .mapToLong(each -> each.number("crashes"))
                .sum();
        CommandResult ls = cluster.command("ls");
        stage.say(ls.output().strip());
        CommandResult restart = cluster.command("restart", "" + SLOT);
        stage.say(restart.lastLine());
        Duration back = cluster.awaitReady(Duration.ofSeconds(10));
        Report report = load.stop();
        claims.judge(report, verdict);
        verdict.figure("kills", kills)
                .figure("crashes of the other slots", others)
                .figure("connections", report.attempts())
                .figure("failed", report.failed())
                .figure("restart in ms", restart.took().plus(back).toMillis())
                .require(state.equals("gave-up"), "the slot is " + state)
                .require(kills == CRASHES, "the breaker took " + kills + " kills")
                .require(others == 0, "other slots crashed")
                .require(
                        ls.output().contains(SaysAndServes.LINE),
                        "ls does not show the last line: " + ls.output().strip())
                .require(restart.exitCode() == 0, "restart ended with " + restart.exitCode())
                .require(report.count(Outcome.REFUSED) == 0, "connections were refused")
                .require(report.count(Outcome.TIMEOUT) == 0, "connections hung");
    }

    private static JsonObject slot(RunningCluster cluster) throws Exception {
        return cluster.slots().get(SLOT - 1);
    }
}
