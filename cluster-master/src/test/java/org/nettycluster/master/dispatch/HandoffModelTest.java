package org.nettycluster.master.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nettycluster.master.schedule.Arrival;
import org.nettycluster.master.schedule.Candidate;
import org.nettycluster.master.schedule.GuardedScheduler;
import org.nettycluster.master.schedule.LeastConnections;
import org.nettycluster.master.schedule.Scheduler;
import org.nettycluster.master.schedule.SourceHash;
import org.nettycluster.master.schedule.TwoChoices;
import org.nettycluster.master.schedule.Weighted;

/**
 * Chance against the contract of the hand-off: after each step of {@link HandoffModel} the {@link Invariants} hold, and
 * when the faults end everything is served, every cell comes back and every descriptor is closed.
 */
class HandoffModelTest {
    private static final boolean SOAK = Boolean.getBoolean("ncluster.soak");
    private static final int EPISODES = SOAK ? 50_000 : 400;
    private static final int STEPS = 3_000;
    private static final int LINES = 120;

    @Test
    void noConnectionIsLostOrServedTwiceWhateverHappens() {
        assertThat(play(1, EPISODES)).isGreaterThanOrEqualTo(1_000_000);
    }

    @Test
    void aSeedNobodyHasTriedIsAsGoodAsTheOthers() {
        long seed = new Random().nextInt(Integer.MAX_VALUE);
        System.out.println("fresh seed: " + seed);

        play(seed, EPISODES / 10);
    }

    @Test
    void noLimitIsExceededAndNobodyWaitsForAPlaceThatIsFree() {
        long seed = new Random().nextInt(Integer.MAX_VALUE);
        System.out.println("fresh seed: " + seed);

        play(1, EPISODES / 2, HandoffModelTest::limited);
        play(seed, EPISODES / 10, HandoffModelTest::limited);
    }

    private static Episode limited(long seed) {
        return Episode.limited(seed, STEPS, Set.of());
    }

    /** The last two break every rule of a scheduler, and do so behind the guard of the master. */
    static Stream<Arguments> everyScheduler() {
        return Stream.of(
                scheduler("least connections", seed -> new LeastConnections()),
                scheduler("least connections, slow start", seed -> new LeastConnections(Duration.ofMillis(100))),
                scheduler("two choices", TwoChoices::new),
                scheduler("weighted", seed -> new Weighted(List.of(1, 2, 3), Duration.ofMillis(100))),
                scheduler("source hash", seed -> new SourceHash()),
                scheduler("waits whenever it may", seed -> HandoffModelTest::waits),
                scheduler("nonsense", seed -> guarded(new Nonsense(new Random(seed)))),
                scheduler("never a choice", seed -> guarded((candidates, arrival) -> Scheduler.WAIT)));
    }

    private static Arguments scheduler(String name, LongFunction<Scheduler> scheduler) {
        return Arguments.of(Named.of(name, scheduler));
    }

    private static Scheduler guarded(Scheduler scheduler) {
        return new GuardedScheduler(scheduler, (complaint, cause) -> {});
    }

    /** As long as anybody is full nobody gets anything, also what was accepted already. */
    private static int waits(List<? extends Candidate> candidates, Arrival arrival) {
        return !arrival.isKnown() || candidates.stream().allMatch(candidate -> candidate.freeCells() > 0)
                ? new TwoChoices(1).next(candidates, arrival)
                : Scheduler.WAIT;
    }

    private record Nonsense(Random random) implements Scheduler {
        @Override
        public int next(List<? extends Candidate> candidates, Arrival arrival) {
            int answer = random.nextInt(candidates.size() + 4) - 2;
            if (answer == candidates.size()) {
                throw new IllegalStateException("no idea");
            }
            return answer;
        }

        @Override
        public double weight(Candidate candidate) {
            return random.nextInt(4) == 0 ? Double.NaN : random.nextDouble() * 2_000 - 100;
        }
    }

    @ParameterizedTest
    @MethodSource("everyScheduler")
    void allPromisesHoldWithAnyScheduler(LongFunction<Scheduler> scheduler) {
        long seed = new Random().nextInt(Integer.MAX_VALUE);
        System.out.println("fresh seed: " + seed);
        int episodes = EPISODES / 16;

        play(1, episodes, each -> Episode.of(each, STEPS).scheduledBy(scheduler));
        play(seed, episodes / 2, each -> Episode.of(each, STEPS).scheduledBy(scheduler));
        play(1, episodes / 2, each -> limited(each).scheduledBy(scheduler));
    }

    @Test
    void aRunFollowsFromItsSeedAlone() {
        List<String> once = Episode.of(7, 500).play(true).trace();
        List<String> again = Episode.of(7, 500).play(true).trace();

        assertThat(again).isEqualTo(once).hasSizeGreaterThan(500);
    }

    private static long play(long firstSeed, int episodes) {
        return play(firstSeed, episodes, seed -> Episode.of(seed, STEPS));
    }

    private static long play(long firstSeed, int episodes, LongFunction<Episode> episodeOf) {
        long steps = 0;
        for (long seed = firstSeed; seed < firstSeed + episodes; seed++) {
            Episode episode = episodeOf.apply(seed);
            Episode.Outcome outcome = episode.play(false);
            steps += outcome.steps();
            Violation violation = outcome.violation();
            if (violation != null) {
                throw new AssertionError(
                        "seed " + seed + ": " + violation.getMessage() + System.lineSeparator() + story(episode),
                        violation);
            }
        }
        return steps;
    }

    private static String story(Episode episode) {
        List<String> trace = episode.play(true).trace();
        return String.join(System.lineSeparator(), trace.subList(Math.max(0, trace.size() - LINES), trace.size()));
    }
}
