package org.nettycluster.master.schedule;

import java.util.List;

/**
 * Strict turns: whoever has been given the fewest is next, among equals whoever has waited longest, and he is waited for
 * while he is healthy but full.
 *
 * <p>Waiting, since connections that stay can't be moved later: 64 of them are spread 16 each over 4 workers also in a
 * burst. A worker that was passed over, or from which a connection was taken back, is first in line when it is well
 * again. Stateless: the turns are kept with the lanes.
 */
public final class RoundRobin implements Scheduler {
    @Override
    public int next(List<? extends Candidate> candidates, Arrival arrival) {
        int chosen = 0;
        for (int i = 1; i < candidates.size(); i++) {
            if (before(candidates.get(i), candidates.get(chosen))) {
                chosen = i;
            }
        }
        return candidates.get(chosen).freeCells() > 0 ? chosen : WAIT;
    }

    private static boolean before(Candidate one, Candidate other) {
        return one.given() != other.given() ? one.given() < other.given() : one.lastTurn() < other.lastTurn();
    }

    @Override
    public String toString() {
        return "round robin";
    }
}
