package org.nettycluster.benchmarks.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;

/** F17: many connections and many restarts of real worker processes, and what is left of them behind. */
final class Soak implements Scenario {
    private static final int WORKERS = 4;
    private static final String PAGE = "ncluster-page-";
    private static final long HEAP_GROWTH = 2_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "soak";
    }

    @Override
    public String promise() {
        return "1,000,000 connections at 1,000/s while one of " + WORKERS
                + " workers is killed each second, 1,000 in all"
                + " (short: 20,000 and 5): every failed one had been claimed; sockets of master and workers, descriptors of"
                + " the master, its unix sockets and mapped pages are as before, its reachable heap has grown by less than "
                + HEAP_GROWTH / 1_000_000 + " MB";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int kills = Integer.getInteger("faults.kills", stage.choose(5, 1_000));
        double rate = stage.choose(2_000.0, 1_000.0);
        Duration length = stage.choose(Duration.ofSeconds(10), Duration.ofSeconds(1_000));
        RunningCluster cluster = stage.cluster(
                WORKERS,
                List.of(
                        "--breaker",
                        "off",
                        "--back-off-max",
                        "200ms",
                        "-J-XX:+UseSerialGC",
                        "-J-XX:TieredStopAtLevel=1"));
        Random random = new Random(Long.getLong("faults.seed", 1));
        // What is made once, at the first load, the first restart and the first look at the heap, is no leak.
        kill(cluster, random);
        LoadRun.builder(cluster.uri()).rate(500).length(Duration.ofSeconds(5)).run();
        cluster.awaitReady(Duration.ofSeconds(60));
        Heap.reachable(cluster.master().pid());
        State before = State.atRest(cluster, null);
        stage.say("before: " + before);
        Claims claims = Claims.count(cluster);
        LoadRun load = stage.load(LoadRun.builder(cluster.uri())
                .rate(rate)
                .timeout(Duration.ofSeconds(30))
                .build());
        long begin = System.nanoTime();
        for (int killed = 0; killed < kills; ) {
            waitUntil(begin + (killed + 1) * length.toNanos() / (kills + 1));
            if (kill(cluster, random)) {
                killed++;
                if (killed % 100 == 0) {
                    stage.say(killed + " kills");
                }
            } else {
                RunningCluster.pause(Duration.ofMillis(20));
            }
        }
        waitUntil(begin + length.toNanos());
        Report report = load.stop();
        claims.judge(report, verdict);
        LoadRun.builder(cluster.uri()).rate(500).length(Duration.ofSeconds(5)).run();
        cluster.awaitReady(Duration.ofSeconds(60));
        State after = State.atRest(cluster, before);
        stage.say("after:  " + after);
        verdict.figure("connections", report.attempts())
                .figure("kills", kills)
                .figure("failed", report.failed())
                .figure("refused", report.count(Outcome.REFUSED))
                .figure("before", before)
                .figure("after", after)
                .require(report.count(Outcome.REFUSED) == 0, "connections were refused")
                .require(report.count(Outcome.TIMEOUT) + report.count(Outcome.WRONG) == 0, "connections hung")
                .require(report.notStarted() == 0, "attempts could not be made: " + report.whyNotStarted())
                .require(after.sameButHeap(before), "something is left")
                .require(after.heap - before.heap < HEAP_GROWTH, "the master's heap has grown");
    }

    /** False if nobody was ready to be killed. */
    private static boolean kill(RunningCluster cluster, Random random) throws Exception {
        List<JsonObject> ready = cluster.slots().stream()
                .filter(slot -> slot.text("state").equals("ready"))
                .toList();
        if (ready.isEmpty()) {
            return false;
        }
        RunningCluster.kill(ready.get(random.nextInt(ready.size())).number("pid"));
        return true;
    }

    private static void waitUntil(long nanos) {
        RunningCluster.pause(Duration.ofNanos(Math.max(0, nanos - System.nanoTime())));
    }

    /**
     * What must not grow.
     *
     * @param sockets of the master, then of the workers, the fewest first
     */
    private record State(List<Integer> sockets, int descriptors, int unixSockets, int pages, long heap) {
        /** Servers may still be closing what clients have seen the end of. */
        static State atRest(RunningCluster cluster, @Nullable State wanted) throws Exception {
            long end = System.nanoTime() + PATIENCE.toNanos();
            State last = now(cluster);
            State state;
            do {
                RunningCluster.pause(Duration.ofMillis(200));
                state = now(cluster);
                boolean enough = wanted == null ? state.sameButHeap(last) : state.sameButHeap(wanted);
                if (enough) {
                    break;
                }
                last = state;
            } while (System.nanoTime() < end);
            return new State(
                    state.sockets,
                    state.descriptors,
                    state.unixSockets,
                    state.pages,
                    Heap.reachable(cluster.master().pid()));
        }

        private static State now(RunningCluster cluster) throws Exception {
            List<Integer> sockets = new ArrayList<>();
            for (JsonObject slot : cluster.slots()) {
                sockets.add(new Vitals(slot.number("pid")).sockets());
            }
            Collections.sort(sockets);
            Vitals master = new Vitals(cluster.master().pid());
            sockets.add(0, master.sockets());
            return new State(
                    sockets,
                    master.descriptors(),
                    Vitals.unixSockets(cluster.runDirectory()),
                    master.mappings(PAGE),
                    0);
        }

        boolean sameButHeap(State other) {
            return sockets.equals(other.sockets)
                    && descriptors == other.descriptors
                    && unixSockets == other.unixSockets
                    && pages == other.pages;
        }
    }
}
