package org.nettycluster.master.schedule;

import org.nettycluster.protocol.WorkerId;

/**
 * A lane as a {@link Scheduler} sees it: healthy (its worker wants connections and answers promptly), perhaps without a
 * free cell at this moment. Valid only during the call that it is passed to; on the dispatcher's thread.
 */
public interface Candidate {
    /** Who would get the connection: slot and generation. */
    WorkerId worker();

    /** How many offers it could hold now; 0 says that it is healthy but full. */
    int freeCells();

    /**
     * Its account of turns: what it was given and did not come back, each connection as one turn divided by the {@link
     * Scheduler#weight weight} that it had then. A lane that has joined late, or was away, counts as if it had taken part.
     * In parts of a turn: good for comparing, not for counting.
     */
    long given();

    /** The number of the last connection that it was given, 0 if none: the smallest has waited longest. */
    long lastTurn();

    /**
     * Connections that its worker has on all listeners, exactly: offered or claimed, neither given back nor ended. Looks at
     * a page of memory, so it costs a little.
     */
    long connections();

    /** Nanoseconds since it was given its first connection, 0 if it never was: how long its JVM had to get warm. */
    long age();
}
