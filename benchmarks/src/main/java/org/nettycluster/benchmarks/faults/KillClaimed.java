package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Mode;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;
import org.nettycluster.benchmarks.record.Fate;
import org.nettycluster.benchmarks.record.Judgement;
import org.nettycluster.master.WorkerProcess;

/**
 * F1: kill -9 of a random worker once a second while every request makes a connection of its own. What a worker had
 * claimed may die with it; nothing else may, and nothing may run twice.
 */
final class KillClaimed {
    /** A connection is what counts here, and this one costs the least: the processors are for the hand-off. */
    private static final Mode MODE = Mode.ECHO;

    private static final int WORKERS = 4;
    /** So many kills, and an archive is worth writing. */
    private static final int WORTH_AN_ARCHIVE = 20;

    private static final long SECOND = 1_000_000_000L;

    private KillClaimed() {}

    /** @param warmUp at this rate, before the first kill */
    static Finding run(int kills, double rate, Duration warmUp, long seed) throws IOException, InterruptedException {
        Random random = new Random(seed);
        try (QuickStart quick = kills < WORTH_AN_ARCHIVE
                        ? QuickStart.none(RecordedFleet.SHORT_LIVED)
                        : QuickStart.archive(MODE, RecordedFleet.SHORT_LIVED);
                RecordedFleet fleet = new RecordedFleet(MODE, WORKERS, 1, quick.jvm(), b -> b)) {
            Report warm = fleet.warmUp(rate, warmUp);
            int descriptors = RecordedFleet.descriptors();
            Watched failures = new Watched(ended -> ended.outcome() != Outcome.OK);
            LoadRun load = fleet.load().rate(rate).observer(failures).build().start();
            long next = System.nanoTime();
            for (int i = 0; i < kills; i++) {
                next += SECOND;
                Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
                List<WorkerProcess> serving = fleet.serving();
                if (serving.isEmpty()) {
                    continue;
                }
                fleet.kill(serving.get(random.nextInt(serving.size())));
            }
            fleet.awaitServing(WORKERS);
            Report report = load.stop();
            Judgement judgement = fleet.judge(failures.soFar());
            long claimed = (long) judgement.count(Fate.CLAIMED) + judgement.count(Fate.SPARED);
            long served = warm.count(Outcome.OK) + report.count(Outcome.OK) + claimed;
            Finding.Checks checks = new Finding.Checks();
            checks.that(warm.failed() == 0, warm.failed() + " attempts of the warm-up failed");
            checks.that(
                    report.notStarted() == 0, "void: " + report.voidBecause().orElse(""));
            checks.that(judgement.isClean(), judgement.twice() + " " + judgement.lost());
            checks.that(
                    judgement.accepted() == served,
                    "workers took " + judgement.accepted() + " connections, clients know of " + served);
            int now = fleet.descriptorsOnceAtRest(descriptors);
            checks.that(now <= descriptors, "the master had " + descriptors + " descriptors and now has " + now);
            return checks.with(String.format(
                    Locale.ROOT,
                    "%d kills, seed %d, %.0f/s asked, %d attempts in %.1f s (%.0f/s), outcomes %s; %s; revoked %d; "
                            + "body p99 %.1f ms, own lateness p99 %.1f ms",
                    fleet.killed(),
                    seed,
                    rate,
                    report.attempts(),
                    report.took().toMillis() / 1e3,
                    report.attempts() * 1e3 / report.took().toMillis(),
                    report.outcomes(),
                    judgement.words(),
                    fleet.master().counters(fleet.address()).revoked(),
                    Watched.percentile(report.toBody(), 99),
                    Watched.percentile(report.lateness(), 99)));
        }
    }
}
