package org.nettycluster.master.schedule;

import java.util.List;

/**
 * Chooses the worker for the next connection. Called on the dispatcher's thread for each connection; must not block,
 * and must not change anything: it is also asked just to learn whether there is a place.
 */
@FunctionalInterface
public interface Scheduler {
    /** The answer that says: the one whose turn it is has no free cell now, wait for it. */
    int WAIT = -1;

    /**
     * Chooses one of the healthy lanes.
     *
     * <p>A lane that stalls stops being a candidate within half of the rescue time, so an answer of {@link #WAIT} costs
     * a new client at most that long.
     *
     * @param candidates the healthy lanes, at least one; some may be full
     * @return index of a candidate with a free cell, or {@link #WAIT}
     */
    int next(List<? extends Candidate> candidates);
}
