package org.nettycluster.examples.scheduler;

import java.util.List;
import org.nettycluster.master.schedule.Arrival;
import org.nettycluster.master.schedule.Candidate;
import org.nettycluster.master.schedule.RoundRobin;
import org.nettycluster.master.schedule.Scheduler;

/**
 * Fills up slot 1 before slot 2 gets anything, so that the last ones stay idle and may be scaled away. Who is full, or has
 * 100 connections, is not waited for; when all have, round robin goes on.
 *
 * <p>{@code ncluster run --scheduler org.nettycluster.examples.scheduler.FillUp http-example.jar}
 */
public final class FillUp implements Scheduler {
    private static final int ENOUGH = 100;

    private final Scheduler beyond = new RoundRobin();

    /** For the command, which makes it by this. */
    public FillUp() {}

    @Override
    public int next(List<? extends Candidate> candidates, Arrival arrival) {
        int lowest = WAIT;
        for (int i = 0; i < candidates.size(); i++) {
            Candidate each = candidates.get(i);
            if (each.freeCells() > 0
                    && each.connections() < ENOUGH
                    && (lowest == WAIT || slot(each) < slot(candidates.get(lowest)))) {
                lowest = i;
            }
        }
        return lowest == WAIT ? beyond.next(candidates, arrival) : lowest;
    }

    private static int slot(Candidate candidate) {
        return candidate.worker().number();
    }
}
