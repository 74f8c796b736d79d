package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.LoadRunBuilder;
import org.nettycluster.benchmarks.load.Mode;
import org.nettycluster.benchmarks.load.Report;

/** Many idle connections, and as many clients at one moment as a backlog can hold, or more. */
final class BacklogBurst implements Scenario {
    private static final int AT_ONCE = 500;
    private static final int REHEARSALS = 40;
    /** A burst is 1 % of its part or a little more, so that one part's p99 is where the burst begins, or misses it. */
    private static final int ROUNDS = 5;

    private static final double MOST = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LATE = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "backlog-burst";
    }

    @Override
    public String promise() {
        return "10,000 idle connections and 5,000 clients that connect at one moment, five times (2,000 and 1,000, once, in"
                + " short, where the p99 is told and not judged): kept-alive clients' p99 is at most " + (int) MOST
                + " times that of as many seconds without a burst in turn, and everybody is served";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int idle = stage.choose(2_000, 10_000);
        int burst = stage.choose(1_000, 5_000);
        RunningCluster cluster = stage.cluster(4, List.of());
        URI uri = cluster.uri();
        LoadRun.builder(uri)
                .rate(1000)
                .length(stage.choose(Duration.ofSeconds(3), Duration.ofSeconds(20)))
                .run();
        ClientCrowd idlers = stage.keep(new ClientCrowd(uri, "127.0.0.2"));
        for (int there = 0; there < idle; there += AT_ONCE) {
            idlers.come(AT_ONCE);
            verdict.require(idlers.settle(Duration.ofSeconds(20)), "idle clients could not connect");
        }
        cluster.await(
                status -> RefuseAll.open(status) == idle, "not all idle ones are claimed", Duration.ofSeconds(20));
        stage.say(idle + " idle connections are claimed");
        rehearse(stage, uri, burst);
        JsonObject before = cluster.status();
        List<Round> rounds = new ArrayList<>();
        for (int number = 1; number <= stage.choose(1, ROUNDS); number++) {
            Round round = round(stage, uri, burst, number);
            stage.say(round.toString());
            rounds.add(round);
        }
        JsonObject after = cluster.status();
        judge(verdict, rounds, burst, stage.isShort());
        verdict.figure("idle", idle)
                .figure("ListenOverflows", kernel(after, "listenOverflows") - kernel(before, "listenOverflows"))
                .figure("ListenDrops", kernel(after, "listenDrops") - kernel(before, "listenDrops"))
                .require(RefuseAll.open(after) >= idle, "idle connections were lost");
    }

    /** JVMs that still compile would be what is measured, ours too: in a first burst, half of the time is compilers'. */
    private static void rehearse(Stage stage, URI uri, int burst) throws IOException {
        for (int rehearsal = 1; rehearsal <= REHEARSALS; rehearsal++) {
            try (ClientCrowd clients = new ClientCrowd(uri, "127.0.1." + rehearsal)) {
                clients.ask();
                clients.come(burst);
                if (!clients.settle(PATIENCE)) {
                    throw new IOException(
                            "the rehearsal's clients were not served within " + PATIENCE.toSeconds() + " s");
                }
                stage.say("rehearsed: the last of " + burst + " was served after " + clients.slowestMillis() + " ms");
            }
        }
    }

    /** What steady clients saw without a burst and with one, and what became of the burst. */
    private record Round(Report quiet, Report beside, long coming, long answered, long late, long slowest) {
        @Override
        public String toString() {
            return "p99 " + text(p99(quiet.toBody())) + " ms quiet, " + text(p99(beside.toBody()))
                    + " with clients that came within " + coming + " ms, the last of whom was served after " + slowest
                    + " ms";
        }
    }

    private static Round round(Stage stage, URI uri, int burst, int number) throws Exception {
        Duration part = stage.choose(Duration.ofSeconds(6), Duration.ofSeconds(30));
        Report quiet = steady(uri, part).run();
        try (ClientCrowd clients = new ClientCrowd(uri, "127.0.2." + number)) {
            clients.ask();
            clients.prepare(burst);
            LoadRun busy = stage.load(steady(uri, part).build());
            RunningCluster.pause(part.dividedBy(3));
            long from = System.nanoTime();
            clients.come();
            long coming = (System.nanoTime() - from) / 1_000_000;
            clients.settle(PATIENCE);
            Report beside = busy.report().join();
            return new Round(
                    quiet, beside, coming, clients.answered(), clients.slowerThan(LATE), clients.slowestMillis());
        }
    }

    private static void judge(Verdict verdict, List<Round> rounds, int burst, boolean brief) {
        List<Report> quiet = rounds.stream().map(Round::quiet).toList();
        List<Report> beside = rounds.stream().map(Round::beside).toList();
        List<Report> all = new ArrayList<>(quiet);
        all.addAll(beside);
        Histogram quietTimes = together(quiet);
        Histogram besideTimes = together(beside);
        double ratio = p99(besideTimes) / p99(quietTimes);
        long failed = all.stream().mapToLong(Report::failed).sum();
        long clients = (long) burst * rounds.size();
        long answered = rounds.stream().mapToLong(Round::answered).sum();
        verdict.figure("bursts", rounds.size() + " of " + burst)
                .figure("steady requests quiet", attempts(quiet))
                .figure("p99 ms", text(p99(quietTimes)))
                .figure("with the bursts", attempts(beside))
                .figure("p99 ms", text(p99(besideTimes)))
                .figure("max ms", text(Watched.percentile(besideTimes, 100)))
                .figure("steady failed", failed)
                .figure("burst clients served", answered)
                .figure(
                        "slowest of them in ms",
                        rounds.stream().mapToLong(Round::slowest).max().orElseThrow())
                .figure(
                        "slower than 1 s",
                        rounds.stream().mapToLong(Round::late).sum())
                // Of 6 s a burst is 2 %, and the p99 lies within it.
                .require(brief || ratio <= MOST, "p99 grew to " + text(ratio) + " times its quiet value")
                .require(failed == 0, "steady requests failed")
                .require(answered == clients, "not all of the bursts were served");
        for (Report each : all) {
            each.voidBecause().ifPresent(why -> verdict.require(false, "void: " + why));
        }
    }

    private static LoadRunBuilder steady(URI uri, Duration part) {
        return LoadRun.builder(uri)
                .mode(Mode.KEEP_ALIVE)
                .clients(20, Duration.ofMillis(20), Duration.ofMillis(80))
                .bound(Duration.ofMillis(20))
                .warmUp(Duration.ofSeconds(2))
                .length(part);
    }

    private static Histogram together(List<Report> reports) {
        Histogram all = new Histogram(3);
        reports.forEach(report -> all.add(report.toBody()));
        return all;
    }

    private static long attempts(List<Report> reports) {
        return reports.stream().mapToLong(Report::attempts).sum();
    }

    private static double p99(Histogram times) {
        return Watched.percentile(times, 99);
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static long kernel(JsonObject status, String name) throws IOException {
        JsonObject kernel = status.object("kernel");
        if (kernel == null) {
            throw new IOException("the kernel's counts can't be read");
        }
        return kernel.number(name);
    }
}
