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
 * it has as many as the others. Stateless.
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
        int chosen = 0;
        double fewest = load(candidates.get(0));
        for (int i = 1; i < candidates.size(); i++) {
            double load = load(candidates.get(i));
            if (load < fewest
                    || (load == fewest
                            && candidates.get(i).lastTurn()
                                    < candidates.get(chosen).lastTurn())) {
                chosen = i;
                fewest = load;
            }
        }
        return candidates.get(chosen).freeCells() > 0 ? chosen : WAIT;
    }

    /** With this connection, or the share of a worker without any would not matter. */
    private double load(Candidate candidate) {
        return (candidate.connections() + 1) / slowStart.share(candidate);
    }

    @Override
    public String toString() {
        return "least connections" + slowStart;
    }
}
