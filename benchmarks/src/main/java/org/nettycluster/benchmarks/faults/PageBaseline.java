package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.faults.program.Rebinds;
import org.nettycluster.benchmarks.load.LoadRun;

/**
 * Claim pages: of many lanes that come and go, by restarts of workers and by addresses that they bind and leave, nothing
 * stays mapped or open in the master, though it never collects.
 */
final class PageBaseline implements Scenario {
    private static final int WORKERS = 2;
    private static final String PAGE = "ncluster-page-";

    @Override
    public String name() {
        return "page-baseline";
    }

    @Override
    public String promise() {
        return "over 1,000 lanes come and go, some by kill -9 and most by addresses that workers bind and leave (short: 100):"
                + " the master's mappings of claim pages, its descriptors and its unix sockets are as before, without a full"
                + " collection";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int kills = stage.choose(3, 20);
        int rebinds = stage.choose(20, 50);
        Path jar = ProgramJar.beside(stage).of(Rebinds.class);
        RunningCluster cluster =
                stage.cluster(WORKERS, List.of("--breaker", "off", "-J-Dfaults.rebinds=" + rebinds), jar);
        awaitRebound(cluster, WORKERS);
        LoadRun.builder(cluster.uri()).rate(200).length(Duration.ofSeconds(2)).run();
        Vitals master = new Vitals(cluster.master().pid());
        State before = State.of(master, cluster);
        stage.say("before: " + before);
        long collections = Heap.fullCollections(master.pid());
        Random random = new Random();
        int most = 0;
        for (int i = 0; i < kills; i++) {
            List<JsonObject> slots = cluster.slots();
            JsonObject victim = slots.get(random.nextInt(slots.size()));
            RunningCluster.kill(victim.number("pid"));
            cluster.await(
                    status -> status.number("ready") == WORKERS
                            && status.objects("slots").stream()
                                    .noneMatch(slot -> slot.number("pid") == victim.number("pid")),
                    "no successor is ready",
                    Duration.ofSeconds(30));
            awaitRebound(cluster, WORKERS + i + 1);
            most = Math.max(most, master.mappings(PAGE));
        }
        LoadRun.builder(cluster.uri()).rate(200).length(Duration.ofSeconds(2)).run();
        State after = State.of(master, cluster);
        for (int i = 0; i < 100 && !after.equals(before); i++) {
            RunningCluster.pause(Duration.ofMillis(20));
            after = State.of(master, cluster);
        }
        stage.say("after:  " + after);
        int lanes = (kills + WORKERS) * (rebinds + 1);
        verdict.figure("kills", kills)
                .figure("lanes", lanes)
                .figure("pages mapped before/at most/after", before.pages + "/" + most + "/" + after.pages)
                .figure("descriptors before/after", before.descriptors + "/" + after.descriptors)
                .figure("unix sockets before/after", before.unixSockets + "/" + after.unixSockets)
                .figure("full collections meanwhile", Heap.fullCollections(master.pid()) - collections)
                .require(after.pages <= before.pages, "pages stay mapped: " + after.pages)
                .require(after.descriptors <= before.descriptors, "descriptors stay open: " + after.descriptors)
                .require(after.unixSockets <= before.unixSockets, "unix sockets stay: " + after.unixSockets);
    }

    /** A worker counts as ready from its first bind on: that many have done all of theirs. */
    private static void awaitRebound(RunningCluster cluster, int workers) throws Exception {
        cluster.await(status -> rebound(cluster) >= workers, "not all have bound and left", Duration.ofSeconds(30));
    }

    private static int rebound(RunningCluster cluster) {
        try {
            return cluster.lines("| " + Rebinds.DONE).size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What must not grow. */
    private record State(int pages, int descriptors, int unixSockets) {
        static State of(Vitals master, RunningCluster cluster) throws Exception {
            return new State(master.mappings(PAGE), master.descriptors(), Vitals.unixSockets(cluster.runDirectory()));
        }
    }
}
