package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.LoadRunBuilder;
import org.nettycluster.benchmarks.load.Mode;
import org.nettycluster.benchmarks.load.Report;

/** Many idle connections, and as many clients at one moment as a backlog can hold, or more. */
final class BacklogBurst implements Scenario {
    private static final int AT_ONCE = 500;
    private static final int REHEARSALS = 40;
    private static final double MOST = 2;
    private static final Duration LATE = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "backlog-burst";
    }

    @Override
    public String promise() {
        return "10,000 idle connections and 5,000 clients that connect at one moment (2,000 and 1,000 in short): kept-alive"
                + " clients' p99 is at most " + (int) MOST
                + " times that of the same run without the burst, and everybody is served";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int idle = stage.choose(2_000, 10_000);
        int burst = stage.choose(1_000, 5_000);
        Duration part = stage.choose(Duration.ofSeconds(6), Duration.ofSeconds(30));
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
        // JVMs that still compile would be what is measured, ours too: in a first burst, half of the time is
        // compilers'.
        for (int rehearsal = 1; rehearsal <= REHEARSALS; rehearsal++) {
            try (ClientCrowd clients = new ClientCrowd(uri, "127.0.1." + rehearsal)) {
                clients.ask();
                clients.come(burst);
                verdict.require(clients.settle(Duration.ofSeconds(30)), "the rehearsal's clients were not served");
                stage.say("rehearsed: the last of " + burst + " was served after " + clients.slowestMillis() + " ms");
            }
        }
        Report quiet = steady(uri, part).run();
        JsonObject before = cluster.status();
        LoadRun busy = stage.load(steady(uri, part).build());
        RunningCluster.pause(part.dividedBy(3));
        ClientCrowd clients = stage.keep(new ClientCrowd(uri, "127.0.0.3"));
        clients.ask();
        long from = System.nanoTime();
        clients.come(burst);
        long coming = (System.nanoTime() - from) / 1_000_000;
        boolean served = clients.settle(Duration.ofSeconds(30));
        stage.say(burst + " clients came within " + coming + " ms, the last one was served after "
                + clients.slowestMillis() + " ms");
        Report beside = busy.report().join();
        JsonObject after = cluster.status();
        double ratio = p99(beside) / p99(quiet);
        verdict.figure("idle", idle)
                .figure("burst", burst)
                .figure("steady requests quiet", quiet.attempts())
                .figure("p99 ms", String.format(Locale.ROOT, "%.2f", p99(quiet)))
                .figure("with the burst", beside.attempts())
                .figure("p99 ms", String.format(Locale.ROOT, "%.2f", p99(beside)))
                .figure("max ms", String.format(Locale.ROOT, "%.1f", Watched.percentile(beside.toBody(), 100)))
                .figure("steady failed", quiet.failed() + beside.failed())
                .figure("burst served", clients.answered())
                .figure("slowest of them in ms", clients.slowestMillis())
                .figure("slower than 1 s", clients.slowerThan(LATE))
                .figure("ListenOverflows", kernel(after, "listenOverflows") - kernel(before, "listenOverflows"))
                .figure("ListenDrops", kernel(after, "listenDrops") - kernel(before, "listenDrops"))
                .require(
                        ratio <= MOST,
                        "p99 grew to " + String.format(Locale.ROOT, "%.1f", ratio) + " times its quiet value")
                .require(quiet.failed() + beside.failed() == 0, "steady requests failed")
                .require(served && clients.answered() == burst, "not all of the burst were served")
                .require(RefuseAll.open(after) >= idle, "idle connections were lost");
        for (Report each : List.of(quiet, beside)) {
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

    private static double p99(Report report) {
        return Watched.percentile(report.toBody(), 99);
    }

    private static long kernel(JsonObject status, String name) throws IOException {
        JsonObject kernel = status.object("kernel");
        if (kernel == null) {
            throw new IOException("the kernel's counts can't be read");
        }
        return kernel.number(name);
    }
}
