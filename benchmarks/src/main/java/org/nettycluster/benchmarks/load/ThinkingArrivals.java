package org.nettycluster.benchmarks.load;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Clients that each make one request after the other. The time from one to the next is drawn evenly from a range and does
 * not grow with the answer's time: whoever had to wait for an answer is late with the next request, not excused from it.
 */
final class ThinkingArrivals implements Arrivals {
    private final SplittableRandom random;
    private final long least;
    private final long most;
    private final PriorityQueue<Turn> turns = new PriorityQueue<>(Comparator.comparingLong(Turn::due));
    private Turn next;

    ThinkingArrivals(int clients, long least, long most, long seed) {
        this.random = new SplittableRandom(seed);
        this.least = least;
        this.most = most;
        for (int client = 0; client < clients; client++) {
            turns.add(new Turn(random.nextLong(most + 1), client));
        }
        next = turns.remove();
    }

    @Override
    public long due() {
        return next.due();
    }

    @Override
    public int client() {
        return next.client();
    }

    @Override
    public void advance() {
        turns.add(new Turn(next.due() + random.nextLong(least, most + 1), next.client()));
        next = turns.remove();
    }

    private record Turn(long due, int client) {}
}
