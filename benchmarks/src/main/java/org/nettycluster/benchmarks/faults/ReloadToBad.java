package org.nettycluster.benchmarks.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nettycluster.benchmarks.faults.program.CrashesAtStart;
import org.nettycluster.benchmarks.faults.program.DiesServing;
import org.nettycluster.benchmarks.faults.program.NeverReady;
import org.nettycluster.benchmarks.faults.program.SaysAndServes;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Mode;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;

/**
 * Reloads to programs that fail, each in its way. One that dies while it serves takes with it what it was serving: such
 * attempts are counted apart, and must have been claimed by it, that is not more than can be under way at once.
 */
final class ReloadToBad implements Scenario {
    private static final int MOST_UNDER_WAY = 3;

    @Override
    public String name() {
        return "reload-bad";
    }

    @Override
    public String promise() {
        return "reload to a jar that crashes at start, never gets ready, or dies in the bake, under 300 one-shot"
                + " connections/s and 32 keep-alive clients: exit code not 0 with the reason on the terminal, capacity never"
                + " below 4, 0 failed (but what the dying one itself was serving, counted apart: at most "
                + MOST_UNDER_WAY
                + "), and the next reload to a good jar is done";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int rounds = stage.choose(1, 10);
        ProgramJar app = ProgramJar.beside(stage);
        Path jar = app.of(SaysAndServes.class);
        RunningCluster cluster = stage.cluster(4, List.of(), jar);
        LoadRun.builder(cluster.uri()).rate(200).length(Duration.ofSeconds(3)).run();
        Map<Class<?>, String> bad = new LinkedHashMap<>();
        bad.put(CrashesAtStart.class, CrashesAtStart.REASON);
        bad.put(NeverReady.class, NeverReady.REASON);
        bad.put(DiesServing.class, DiesServing.REASON);
        long attempts = 0;
        long cut = 0;
        long least = Long.MAX_VALUE;
        for (int i = 0; i < rounds; i++) {
            for (Map.Entry<Class<?>, String> each : bad.entrySet()) {
                app.of(each.getKey());
                LoadRun oneShot =
                        stage.load(LoadRun.builder(cluster.uri()).rate(300).build());
                LoadRun keepAlive = stage.load(LoadRun.builder(cluster.uri())
                        .mode(Mode.KEEP_ALIVE)
                        .clients(32, Duration.ZERO, Duration.ofMillis(200))
                        .build());
                CapacityWatch capacity = stage.keep(CapacityWatch.begin(cluster));
                CommandResult reload = cluster.command("reload", "--ready-timeout", "3s", "--bake", "6s");
                RunningCluster.pause(Duration.ofSeconds(1));
                capacity.close();
                String what = each.getKey().getSimpleName();
                stage.say(what + ": exit code " + reload.exitCode() + " after "
                        + reload.took().toMillis() + " ms, " + reload.lastLine());
                boolean dies = each.getKey() == DiesServing.class;
                for (Report report : List.of(oneShot.stop(), keepAlive.stop())) {
                    report.failures().forEach(failure -> stage.say(what + ": " + failure));
                    long lost = report.count(Outcome.RESET_BEFORE) + report.count(Outcome.RESET_WITHIN);
                    verdict.require(
                            dies ? report.failed() == lost && lost <= MOST_UNDER_WAY : report.failed() == 0,
                            report.failed() + " attempts failed with " + what);
                    attempts += report.attempts();
                    cut += dies ? lost : 0;
                }
                least = Math.min(least, capacity.least());
                verdict.require(reload.exitCode() != 0, "the reload to " + what + " says that it was done")
                        .require(reload.output().contains(each.getValue()), what + ": no reason on the terminal")
                        .require(capacity.trouble().isEmpty(), "no status: " + capacity.trouble());
            }
            app.of(SaysAndServes.class);
            CommandResult good = cluster.command("reload");
            stage.say("back to a good jar: " + good.lastLine());
            verdict.require(good.exitCode() == 0, "the reload to a good jar failed: " + good.lastLine());
        }
        verdict.figure("bad reloads", rounds * bad.size())
                .figure("attempts", attempts)
                .figure("cut with the dying worker", cut)
                .figure("fewest ready", least)
                .require(least >= 4, "only " + least + " were ready");
    }
}
