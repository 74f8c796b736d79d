package org.nettycluster.master.schedule;

import java.util.List;

/**
 * Chooses the worker for the next connection. Called on the master's thread for each connection of each listener; must
 * not block, and must not change anything.
 *
 * <p>It is asked twice. Before accepting, to learn whether there is a place, since clients without one wait in the kernel's
 * backlog and not in our heap; {@link Arrival#host} is empty then. And when the connection was accepted. Who does not look
 * at the address says the same both times. Who does answers the first question with any free candidate, and the second
 * with one that has a free cell then: the connection is there, and somebody had a place.
 *
 * <p>Who throws, or answers what it may not, harms nobody: {@link RoundRobin} decides instead.
 */
@FunctionalInterface
public interface Scheduler {
    /** The answer that says: the one whose turn it is has no free cell now, wait for it. */
    int WAIT = -1;

    /**
     * Chooses one of the healthy lanes.
     *
     * <p>A lane that stalls stops being a candidate within half of the rescue time, so an answer of {@link #WAIT} costs
     * a new client at most that long. It may be given only while some candidate is full, since nobody else would end
     * the wait. For a connection that was accepted already it means any other: the question comes again with those that
     * have a free cell.
     *
     * @param candidates the healthy lanes, at least one; some may be full; not to be changed
     * @param arrival what is known of the connection
     * @return index of a candidate with a free cell, or {@link #WAIT}
     */
    int next(List<? extends Candidate> candidates, Arrival arrival);

    /**
     * How much larger than others' this lane's share of turns is; 0.001 to 1000, 1 if not overridden. It has effect through
     * {@link Candidate#given}: a connection counts as one turn divided by this.
     *
     * @param candidate asked about anew for each connection
     */
    default double weight(Candidate candidate) {
        return 1;
    }
}
