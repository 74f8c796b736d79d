package org.nettycluster.master.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

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
