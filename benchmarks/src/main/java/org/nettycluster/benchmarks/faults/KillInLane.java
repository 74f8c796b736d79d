package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.nettycluster.benchmarks.load.Ended;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Mode;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;
import org.nettycluster.benchmarks.record.Judgement;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.dispatch.HandoffCounters;

/**
 * F2: a worker is stopped, gets as many connections as it can hold, and is killed before it has received one of them. All
 * must be served once, by another, with every byte.
 *
 * <p>Beside siblings a connection's extra time is counted from the kill, or from its own begin if that was later. Of an
 * only worker the successor must start first: there every second round has nothing to take back, and the extra time is
 * what the other rounds take longer than these from the successor's listening on.
 */
final class KillInLane {
    private static final int WINDOW = 8;
    private static final int PAYLOAD = 16_384;
    private static final double BURST_RATE = 8_000;
    private static final Duration EXTRA = Duration.ofMillis(50);

    private KillInLane() {}

    static Finding besideSiblings(int rounds, long seed) throws IOException, InterruptedException {
        int workers = 2;
        Random random = new Random(seed);
        Histogram extra = new Histogram(3);
        Tally tally = new Tally();
        try (RecordedFleet fleet = fleet(workers)) {
            tally.add(fleet.load()
                    .rate(500)
                    .length(Duration.ofSeconds(8))
                    .payload(PAYLOAD)
                    .run());
            for (int i = 0; i < rounds; i++) {
                List<WorkerProcess> serving = tally.prepare(fleet, workers);
                WorkerProcess victim = serving.get(random.nextInt(workers));
                fleet.stop(victim);
                long before = held(fleet);
                LoadRun burst = tally.burst(fleet, WINDOW * workers);
                burst.counting().join();
                // Sometimes within the burst, sometimes when the oldest offer has been rescued already.
                Thread.sleep(random.nextInt(20));
                tally.held += Math.max(0, held(fleet) - before);
                long killed = System.nanoTime();
                fleet.kill(victim);
                for (Ended ended : tally.end(burst)) {
                    if (ended.answered() > killed) {
                        extra.recordValue(ended.answered() - Math.max(ended.due(), killed));
                    }
                }
            }
            return tally.judge(
                    fleet,
                    Watched.percentile(extra, 99),
                    String.format(
                            Locale.ROOT,
                            "%d rounds beside a sibling, seed %d: %d connections answered after a kill, extra p50 %.1f p99 "
                                    + "%.1f max %.1f ms",
                            rounds,
                            seed,
                            extra.getTotalCount(),
                            Watched.percentile(extra, 50),
                            Watched.percentile(extra, 99),
                            Watched.percentile(extra, 100)));
        }
    }

    static Finding asTheOnlyWorker(int rounds, long seed) throws IOException, InterruptedException {
        Histogram takenBack = new Histogram(3);
        Histogram fresh = new Histogram(3);
        Tally tally = new Tally();
        try (RecordedFleet fleet = fleet(1)) {
            tally.add(fleet.load()
                    .rate(500)
                    .length(Duration.ofSeconds(8))
                    .payload(PAYLOAD)
                    .run());
            for (int i = 0; i < rounds * 2; i++) {
                boolean control = i % 2 == 1;
                WorkerProcess victim = tally.prepare(fleet, 1).get(0);
                if (control) {
                    fleet.kill(victim);
                    fleet.awaitGone(victim);
                    after(fleet.listensAfter(victim), tally.end(tally.burst(fleet, WINDOW)), fresh);
                } else {
                    fleet.stop(victim);
                    LoadRun burst = tally.burst(fleet, WINDOW);
                    burst.counting().join();
                    long patience = System.nanoTime() + 1_000_000_000L;
                    while (held(fleet) < WINDOW && System.nanoTime() < patience) {
                        Thread.onSpinWait();
                    }
                    tally.held += held(fleet);
                    fleet.kill(victim);
                    after(fleet.listensAfter(victim), tally.end(burst), takenBack);
                }
            }
            double extra = Watched.percentile(takenBack, 99) - Watched.percentile(fresh, 99);
            return tally.judge(
                    fleet,
                    extra,
                    String.format(
                            Locale.ROOT,
                            "%d rounds with an only worker, seed %d: from the successor's listening p50 %.1f p99 %.1f max %.1f "
                                    + "ms; with nothing to take back %.1f %.1f %.1f ms; extra p99 %.1f ms",
                            rounds,
                            seed,
                            Watched.percentile(takenBack, 50),
                            Watched.percentile(takenBack, 99),
                            Watched.percentile(takenBack, 100),
                            Watched.percentile(fresh, 50),
                            Watched.percentile(fresh, 99),
                            Watched.percentile(fresh, 100),
                            extra));
        }
    }

    private static void after(long listening, List<Ended> attempts, Histogram times) {
        attempts.forEach(ended -> times.recordValue(Math.max(0, ended.answered() - listening)));
    }

    private static RecordedFleet fleet(int workers) throws IOException {
        return new RecordedFleet(Mode.ECHO, workers, 1, RecordedFleet.SHORT_LIVED, b -> b.window(WINDOW));
    }

    /** In lanes, neither claimed nor taken back. */
    private static long held(RecordedFleet fleet) {
        HandoffCounters counters = fleet.master().counters(fleet.address());
        return counters.offered() - counters.claimed() - counters.refused() - counters.revoked();
    }

    /** What all rounds together came to. */
    private static final class Tally {
        private final List<Ended> failures = new ArrayList<>();
        private final Finding.Checks checks = new Finding.Checks();
        private Watched watched = new Watched(ended -> true);
        private long served;
        private long held;

        /** All serve, and have served: a lane's first connection is alone in it. */
        List<WorkerProcess> prepare(RecordedFleet fleet, int workers) throws InterruptedException {
            fleet.awaitServing(workers);
            add(fleet.load().rate(400).length(Duration.ofMillis(100L * workers)).run());
            return fleet.serving();
        }

        void add(Report report) {
            checks.that(report.failed() == 0, report.failed() + " attempts of a warm-up failed");
            served += report.count(Outcome.OK);
        }

        LoadRun burst(RecordedFleet fleet, int connections) {
            watched = new Watched(ended -> true);
            return fleet.load()
                    .rate(BURST_RATE)
                    .length(Duration.ofNanos((long) (connections * 1e9 / BURST_RATE) - 1_000))
                    .payload(PAYLOAD)
                    .timeout(Duration.ofSeconds(30))
                    .observer(watched)
                    .build()
                    .start();
        }

        List<Ended> end(LoadRun burst) {
            Report report = burst.report().join();
            served += report.count(Outcome.OK);
            List<Ended> attempts = watched.soFar();
            attempts.stream().filter(ended -> ended.outcome() != Outcome.OK).forEach(failures::add);
            return attempts.stream()
                    .filter(ended -> ended.outcome() == Outcome.OK)
                    .toList();
        }

        Finding judge(RecordedFleet fleet, double extraMillis, String figures) throws IOException {
            Judgement judgement = fleet.judge(failures);
            checks.that(failures.isEmpty(), failures.size() + " failed: " + failures);
            checks.that(judgement.isClean(), judgement.twice() + " " + judgement.lost());
            checks.that(
                    judgement.accepted() == served,
                    "workers took " + judgement.accepted() + " connections, clients know of " + served);
            checks.that(
                    extraMillis <= EXTRA.toMillis(), "extra p99 of " + extraMillis + " ms exceeds " + EXTRA.toMillis());
            return checks.with(figures + "; held at the kill " + held + ", revoked "
                    + fleet.master().counters(fleet.address()).revoked() + "; " + judgement.words());
        }
    }
}
