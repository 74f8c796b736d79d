package org.nettycluster.benchmarks.faults;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.nettycluster.benchmarks.load.Aside;
import org.nettycluster.benchmarks.load.Failure;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Mode;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;

/**
 * Reload after reload under four loads at once. Clients think for less time than an idle connection may stay, so no request
 * has an excuse here: one that crosses the end of an idle connection fails the run, and is told apart.
 */
final class RollingReload implements Scenario {
    @Override
    public String name() {
        return "reload";
    }

    @Override
    public String promise() {
        return "100 rolling reloads of 4 workers under 500 one-shot connections/s, 64 keep-alive clients that think for"
                + " 0-200 ms and retry nothing, HTTP/2 at 200/s on 4 connections, and requests of 1.5 s begun before each"
                + " reload: 0 failed, 0 hung, every close announced, capacity never below 4, no connection cut";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int reloads = stage.choose(3, 100);
        RunningCluster cluster = stage.cluster(4, List.of());
        URI uri = cluster.uri();
        Duration warmUp = Duration.ofSeconds(2);
        LoadRun oneShot =
                stage.load(LoadRun.builder(uri).rate(500).warmUp(warmUp).build());
        LoadRun keepAlive = stage.load(LoadRun.builder(uri)
                .mode(Mode.KEEP_ALIVE)
                .clients(64, Duration.ZERO, Duration.ofMillis(200))
                .warmUp(warmUp)
                .build());
        LoadRun http2 = stage.load(LoadRun.builder(uri)
                .mode(Mode.H2C)
                .rate(200)
                .connections(4, 100)
                .warmUp(warmUp)
                .build());
        CapacityWatch capacity = stage.keep(CapacityWatch.begin(cluster));
        stage.say("the loads run");
        Histogram took = new Histogram(3);
        long slow = 0;
        for (int i = 1; i <= reloads; i++) {
            LoadRun slowRun = stage.load(slow(uri));
            CommandResult reload = cluster.command("reload");
            took.recordValue(reload.took().toMillis());
            Report slowReport = slowRun.report().join();
            slow += slowReport.attempts();
            tell(stage, "slow", slowReport);
            verdict.require(slowReport.failed() == 0, slowReport.failed() + " slow requests failed in reload " + i)
                    .require(
                            reload.exitCode() == 0 && reload.lastLine().endsWith("no connection was cut"),
                            "reload " + i + " ended with " + reload.exitCode() + ": " + reload.lastLine());
            stage.say("reload " + i + " took " + reload.took().toMillis() + " ms (" + reload.lastLine() + "), "
                    + slowReport.count(Outcome.OK) + " slow requests ok");
        }
        RunningCluster.pause(Duration.ofSeconds(1));
        capacity.close();
        judge(stage, verdict, "one-shot", oneShot.stop());
        judge(stage, verdict, "keep-alive", keepAlive.stop());
        judge(stage, verdict, "h2c", http2.stop());
        verdict.figure("slow requests", slow)
                .figure("reloads", reloads)
                .figure("a reload in ms, median", took.getValueAtPercentile(50))
                .figure("most", took.getMaxValue())
                .figure("fewest ready", capacity.least() + " in " + capacity.looks() + " looks")
                .require(capacity.least() >= 4, "only " + capacity.least() + " were ready")
                .require(capacity.trouble().isEmpty(), "the status could not be read: " + capacity.trouble());
    }

    /** Eight, an eighth of a second apart: some have begun when the command does, some while it starts. */
    private static LoadRun slow(URI uri) {
        return LoadRun.builder(uri.resolve("/slow?ms=1500"))
                .rate(8)
                .length(Duration.ofSeconds(1))
                .build();
    }

    private static void judge(Stage stage, Verdict verdict, String what, Report report) {
        tell(stage, what, report);
        long hung = report.count(Outcome.TIMEOUT) + report.count(Aside.CLOSE_OVERDUE);
        // It had been answered on this connection before, and then it was closed while a request was under way.
        long crossed = report.failures().stream()
                .filter(failure -> failure.outcome() == Outcome.RESET_BEFORE && failure.worker() != null)
                .count();
        verdict.figure(what, report.count(Outcome.OK) + " ok")
                .require(
                        report.failed() == 0,
                        report.failed() + " " + what + " failed, " + crossed + " of them on a connection that ended as"
                                + " they came")
                .require(hung == 0, hung + " " + what + " hung")
                .require(
                        report.count(Aside.CLOSED_UNANNOUNCED) == 0,
                        report.count(Aside.CLOSED_UNANNOUNCED) + " " + what + " connections closed unannounced")
                .require(
                        report.notStarted() == 0,
                        report.notStarted() + " " + what + " not started: " + report.whyNotStarted());
    }

    private static void tell(Stage stage, String what, Report report) {
        report.failures().stream().limit(20).map(Failure::toString).forEach(line -> stage.say(what + ": " + line));
    }
}
