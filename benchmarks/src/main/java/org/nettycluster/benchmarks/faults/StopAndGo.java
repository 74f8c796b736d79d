package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Mode;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;
import org.nettycluster.benchmarks.record.Judgement;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.dispatch.HandoffCounters;

/**
 * F30: workers are stopped and go on at random moments, up to all but one at a time, so that descriptors that were taken
 * back lie in stopped workers all the time. Nothing may be served twice, and nothing may be lost.
 */
final class StopAndGo {
    private static final int WORKERS = 4;
    private static final double RATE = 500;
    private static final int LONGEST_STEP_MILLIS = 60;

    private StopAndGo() {}

    static Finding run(Duration warmUp, Duration length, long seed) throws IOException, InterruptedException {
        Random random = new Random(seed);
        try (RecordedFleet fleet = new RecordedFleet(
                Mode.ONE_SHOT, WORKERS, 2, List.of("-XX:+UseSerialGC", "-Xmx64m"), b -> b.stallWarn(Duration.ZERO))) {
            Report warm = fleet.warmUp(RATE, warmUp);
            Watched failures = new Watched(ended -> ended.outcome() != Outcome.OK);
            LoadRun load = fleet.load()
                    .rate(RATE)
                    .timeout(Duration.ofSeconds(30))
                    .observer(failures)
                    .build()
                    .start();
            int stops = stopAndGo(fleet, length, random);
            Report report = load.stop();
            Judgement judgement = fleet.judge(failures.soFar());
            HandoffCounters counters = fleet.master().counters(fleet.address());
            long served = warm.count(Outcome.OK) + report.count(Outcome.OK);
            Finding.Checks checks = new Finding.Checks();
            checks.that(warm.failed() + report.failed() == 0, "failed: " + warm.outcomes() + " " + report.outcomes());
            checks.that(
                    report.notStarted() == 0, "void: " + report.voidBecause().orElse(""));
            checks.that(judgement.isClean(), judgement.twice() + " " + judgement.lost());
            checks.that(
                    judgement.accepted() == served,
                    "workers took " + judgement.accepted() + " connections, clients know of " + served);
            checks.that(counters.revoked() > stops / 10, "void: only " + counters.revoked() + " were taken back");
            return checks.with(String.format(
                    Locale.ROOT,
                    "%d stops in %d s, seed %d: %d attempts, outcomes %s; taken back %d; %s; body p99 %.1f max %.1f ms",
                    stops,
                    length.toSeconds(),
                    seed,
                    report.attempts(),
                    report.outcomes(),
                    counters.revoked(),
                    judgement.words(),
                    Watched.percentile(report.toBody(), 99),
                    Watched.percentile(report.toBody(), 100)));
        }
    }

    /** Returns how often somebody was stopped; all go on in the end. */
    private static int stopAndGo(RecordedFleet fleet, Duration length, Random random)
            throws IOException, InterruptedException {
        List<WorkerProcess> workers = fleet.serving();
        Set<WorkerProcess> stopped = new HashSet<>();
        int stops = 0;
        long end = System.nanoTime() + length.toNanos();
        while (System.nanoTime() < end) {
            WorkerProcess worker = workers.get(random.nextInt(workers.size()));
            if (stopped.remove(worker)) {
                fleet.resume(worker);
            } else if (stopped.size() < WORKERS - 1) {
                fleet.stop(worker);
                stopped.add(worker);
                stops++;
            }
            RunningCluster.pause(Duration.ofMillis(1L + random.nextInt(LONGEST_STEP_MILLIS)));
        }
        for (WorkerProcess each : stopped) {
            fleet.resume(each);
        }
        return stops;
    }
}
