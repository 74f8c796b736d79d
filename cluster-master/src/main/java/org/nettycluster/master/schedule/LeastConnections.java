package org.nettycluster.master.schedule;

import java.time.Duration;
import java.util.List;

/**
 * Whoever has the fewest connections gets the next, among equals whoever has waited longest. The master's own count: what
 * was offered and neither given back nor ended, so a burst does not all go to one before its first claim is seen.
 *
 * <p>Whoever has the fewest is waited for while he is healthy but full. He is the one who is quickest to get free, and
 * connections that stay would remain uneven if the next one took them. A worker that is slow has more connections and so is
 * not the one who is waited for.
 *
 * <p>With a slow start a fresh worker's connections count up to ten times, so that it does not get all that come until
 * it has as many as the others. Where they end soon that alone says nothing: it is not asked either while it has had more
 * than its share of turns. Stateless.
 */
public final class LeastConnections implements Scheduler {
    private final SlowStart slowStart;

    /** Without slow start. */
    public LeastConnections() {
        this(Duration.ZERO);
    }

    /** @param slowStart for so long from its first connection on a worker is held to less than the others; 0 for never */
    public LeastConnections(Duration slowStart) {
        this.slowStart = new SlowStart(slowStart);
    }

    @Override
    public int next(List<? extends Candidate> candidates, Arrival arrival) {
        int chosen = WAIT;
        double fewest = 0;
        for (int i = 0; i < candidates.size(); i++) {
            Candidate each = candidates.get(i);
            double share = slowStart.share(each);
            if (share < 1 && each.given() > turnsOfTheWarm(candidates)) {
                continue;
            }
            double load = each.connections() / share;
            if (chosen == WAIT
                    || load < fewest
                    || (load == fewest
                            && each.lastTurn() < candidates.get(chosen).lastTurn())) {
                chosen = i;
                fewest = load;
            }
        }
        return candidates.get(chosen).freeCells() > 0 ? chosen : WAIT;
    }

    /** What the busiest was given of those who get all of their share: nobody is left out where there is none. */
    private long turnsOfTheWarm(List<? extends Candidate> candidates) {
        boolean none = true;
        long most = 0;
        for (Candidate each : candidates) {
            if (slowStart.share(each) == 1) {
                most = none ? each.given() : Math.max(most, each.given());
                none = false;
            }
        }
        return none ? Long.MAX_VALUE : most;
    }

    @Override
    public double weight(Candidate candidate) {
        return slowStart.share(candidate);
    }

    @Override
    public String toString() {
        return "least connections" + slowStart;
    }
}
