package org.nettycluster.master.schedule;

import java.util.List;

/**
 * Strict turns: whoever has waited longest is next, and is waited for while it is healthy but full.
 *
 * <p>A worker that was passed over (stalled, or it refused) is first in line when it is back. Stateless: the turns are
 * kept with the lanes.
 */
public final class RoundRobin implements Scheduler {
    @Override
    public int next(List<? extends Candidate> candidates) {
        int chosen = 0;
        for (int i = 1; i < candidates.size(); i++) {
            if (candidates.get(i).lastTurn() < candidates.get(chosen).lastTurn()) {
                chosen = i;
            }
        }
        return candidates.get(chosen).freeCells() > 0 ? chosen : WAIT;
    }

    @Override
    public String toString() {
        return "round robin";
    }
}
