package org.nettycluster.master.schedule;

import org.nettycluster.protocol.WorkerId;

/**
 * A lane as a {@link Scheduler} sees it: healthy (its worker wants connections and answers promptly), perhaps without a
 * free cell at this moment. Valid only during the call that it is passed to; on the dispatcher's thread.
 */
public interface Candidate {
    /** Who would get the connection. */
    WorkerId worker();

    /** How many offers it could hold now; 0 says that it is healthy but full. */
    int freeCells();

    /**
     * Connections that it was given and that did not come back; a lane that has joined late, or was away, counts as if it
     * had taken part.
     */
    long given();

    /** The number of the last connection that it was given, 0 if none: the smallest has waited longest. */
    long lastTurn();

    /** Connections that it has claimed and not closed yet, as counted by the worker. */
    long active();
}
