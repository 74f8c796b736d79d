package org.nettycluster.master.schedule;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Of two workers drawn by chance whoever has fewer connections gets the next one. Nearly as even as {@link
 * LeastConnections}, but nobody is everybody's choice: a worker that has just started, or fails fast and so always has
 * the fewest, gets at most its two draws of N (Mitzenmacher, The power of two choices in randomized load balancing, 2001).
 *
 * <p>It draws among those with a free cell only, and so never waits for one while another has a place. Connections that
 * stay are spread less evenly for that.
 *
 * <p>Chance comes from a seed and the number of the connection: the same question has the same answer. Stateless.
 */
public final class TwoChoices implements Scheduler {
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private final long seed;

    /** With a seed that nobody knows. */
    public TwoChoices() {
        this(ThreadLocalRandom.current().nextLong());
    }

    /** @param seed of all draws */
    public TwoChoices(long seed) {
        this.seed = seed;
    }

    @Override
    public int next(List<? extends Candidate> candidates, Arrival arrival) {
        int free = 0;
        for (Candidate candidate : candidates) {
            free += candidate.freeCells() > 0 ? 1 : 0;
        }
        if (free == 0) {
            return WAIT;
        }
        long chance = Chance.mix(seed + arrival.number() * STEP);
        int first = Chance.below(free, chance);
        if (free == 1) {
            return freeOne(candidates, first);
        }
        // Another one: each of the rest is as likely.
        int second = Chance.below(free - 1, Chance.mix(chance));
        int one = freeOne(candidates, first);
        int other = freeOne(candidates, second < first ? second : second + 1);
        return candidates.get(other).connections() < candidates.get(one).connections() ? other : one;
    }

    /** Index of the so many-th candidate that has a free cell, counted from 0. */
    private static int freeOne(List<? extends Candidate> candidates, int number) {
        int left = number;
        for (int i = 0; ; i++) {
            if (candidates.get(i).freeCells() > 0 && left-- == 0) {
                return i;
            }
        }
    }

    @Override
    public String toString() {
        return "two choices";
    }
}
