package org.nettycluster.master.schedule;

import java.time.Duration;
import java.util.List;

/**
 * Strict turns in which some workers have more of them: with weights 1, 2 and 3 the second slot gets twice and the third
 * three times as many connections as the first. Smooth: 3 2 3 1 2 3 and not 3 3 3 2 2 1, since each connection counts
 * on its lane's account as one turn divided by the weight, and the smallest account is next.
 *
 * <p>Whose turn it is is waited for while he is healthy but full, as with {@link RoundRobin}: who would take the next one
 * instead would get another share than was asked for. Stateless.
 */
public final class Weighted implements Scheduler {
    private static final int MOST = 1000;

    private final RoundRobin turns = new RoundRobin();
    private final List<Integer> weights;
    private final SlowStart slowStart;

    /** Everybody weighs the same. */
    public Weighted() {
        this(List.of(), Duration.ZERO);
    }

    /**
     * With weights and a slow start.
     *
     * @param weights of slot 1, 2 and so on, each 1 to 1000; slots beyond weigh 1
     * @param slowStart a worker's share grows for so long from its first connection on, beginning with a tenth; 0 for no
     *     slow start
     */
    public Weighted(List<Integer> weights, Duration slowStart) {
        for (int weight : weights) {
            if (weight < 1 || weight > MOST) {
                throw new IllegalArgumentException("weight " + weight + " must be 1 to " + MOST);
            }
        }
        this.weights = List.copyOf(weights);
        this.slowStart = new SlowStart(slowStart);
    }

    @Override
    public int next(List<? extends Candidate> candidates, Arrival arrival) {
        return turns.next(candidates, arrival);
    }

    @Override
    public double weight(Candidate candidate) {
        int slot = candidate.worker().number();
        int weight = slot <= weights.size() ? weights.get(slot - 1) : 1;
        return weight * slowStart.share(candidate);
    }

    @Override
    public String toString() {
        return "weighted " + weights + slowStart;
    }
}
