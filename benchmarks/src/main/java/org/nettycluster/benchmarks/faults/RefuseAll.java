package org.nettycluster.benchmarks.faults;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.nettycluster.admin.JsonObject;

/** Every worker has as many connections as it may have, and clients wait. */
final class RefuseAll implements Scenario {
    private static final int WORKERS = 4;
    private static final int WAITING = 50;
    private static final double MOST_CPU = 2;
    private static final double MOST_OFFERS = 50;

    @Override
    public String name() {
        return "refuse-all";
    }

    @Override
    public String promise() {
        return WORKERS + " workers at a limit of 1 connection and " + WAITING
                + " clients waiting: the master uses less than "
                + (int) MOST_CPU + " % of a processor and makes less than " + (int) MOST_OFFERS
                + " offers/s; then each client is served, with one offer for each; with --overload reset each is reset";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        wait(stage, verdict);
        reset(stage, verdict);
    }

    private static void wait(Stage stage, Verdict verdict) throws Exception {
        RunningCluster cluster = stage.cluster(WORKERS, List.of("--max-connections", "1"));
        ClientCrowd holders = hold(stage, cluster);
        ClientCrowd waiting = stage.keep(new ClientCrowd(cluster.uri(), "127.0.0.3"));
        waiting.come(WAITING);
        verdict.require(waiting.settle(Duration.ofSeconds(10)), "not all could connect");
        cluster.await(
                status -> status.objects("listeners").get(0).number("backlog") == WAITING,
                "not all are in the backlog",
                Duration.ofSeconds(10));
        // What a JVM does once after its start, compilers above all, is not what is asked for.
        RunningCluster.pause(Duration.ofSeconds(2));
        Duration time = stage.choose(Duration.ofSeconds(5), Duration.ofSeconds(60));
        Vitals master = new Vitals(cluster.status().number("pid"));
        long offers = cluster.listener().number("offered");
        Duration cpu = master.cpu();
        long from = System.nanoTime();
        RunningCluster.pause(time);
        double seconds = (System.nanoTime() - from) / 1e9;
        double percent = master.cpu().minus(cpu).toMillis() / 10.0 / seconds;
        double perSecond = (cluster.listener().number("offered") - offers) / seconds;
        stage.say(WAITING + " clients waited for " + Math.round(seconds) + " s");
        waiting.ask();
        holders.close();
        boolean served = waiting.settle(Duration.ofSeconds(30));
        JsonObject listener = cluster.listener();
        // Offers that a slow worker did not claim in time, and another one got: no limit was in their way.
        long revoked = listener.number("revoked");
        verdict.figure("clients that waited", WAITING)
                .figure("for s", Math.round(seconds))
                .figure("master's processor time in %", String.format(Locale.ROOT, "%.2f", percent))
                .figure("offers/s", String.format(Locale.ROOT, "%.1f", perSecond))
                .figure("served then", waiting.answered())
                .figure("connections accepted", listener.number("accepted"))
                .figure("offers", listener.number("offered"))
                .figure("of these taken back from slow workers", revoked)
                .figure("pauses of accepting", listener.number("limitWaits"))
                .require(percent < MOST_CPU, "the master was busy")
                .require(perSecond < MOST_OFFERS, "the master went on offering")
                .require(served && waiting.answered() == WAITING, "not all were served when there was room")
                .require(listener.number("accepted") == WORKERS + WAITING, "more or fewer were accepted than came")
                .require(
                        listener.number("offered") == listener.number("accepted") + revoked,
                        "some were offered in vain")
                .require(listener.number("resets") == 0, "some were reset");
        cluster.close();
    }

    private static void reset(Stage stage, Verdict verdict) throws Exception {
        RunningCluster cluster = stage.cluster(WORKERS, List.of("--max-connections", "1", "--overload", "reset"));
        ClientCrowd holders = hold(stage, cluster);
        ClientCrowd beyond = stage.keep(new ClientCrowd(cluster.uri(), "127.0.0.3"));
        beyond.ask();
        beyond.come(WAITING);
        boolean told = beyond.settle(Duration.ofSeconds(10));
        JsonObject listener = cluster.listener();
        verdict.figure("reset", beyond.failed())
                .require(told && beyond.failed() == WAITING, "not all were reset")
                .require(listener.number("resets") == WAITING, listener.number("resets") + " resets were counted")
                .require(
                        listener.number("offered") == WORKERS + listener.number("revoked"),
                        "some were offered in vain");
        holders.close();
        cluster.await(status -> open(status) == 0, "connections are still counted", Duration.ofSeconds(10));
    }

    /** As many as there is room for, claimed. */
    private static ClientCrowd hold(Stage stage, RunningCluster cluster) throws Exception {
        URI uri = cluster.uri();
        ClientCrowd holders = stage.keep(new ClientCrowd(uri, "127.0.0.2"));
        holders.come(WORKERS);
        holders.settle(Duration.ofSeconds(10));
        cluster.await(status -> open(status) == WORKERS, "not every worker has one", Duration.ofSeconds(10));
        cluster.await(
                status -> status.objects("listeners").get(0).number("claimed") == WORKERS,
                "not all are claimed",
                Duration.ofSeconds(10));
        return holders;
    }

    static long open(JsonObject status) {
        JsonObject limits = status.object("limits");
        return limits == null ? -1 : limits.number("open");
    }
}
