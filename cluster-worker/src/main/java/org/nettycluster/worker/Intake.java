package org.nettycluster.worker;

import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.WorkerEnvironment;

/** Where a server channel's connections come from. On the server channel's loop. */
sealed interface Intake permits Lane, SharedLane {
    /** Connects; the server channel hears of the outcome by {@code laneOpened} or {@code laneEnded}. */
    void open(WorkerEnvironment environment);

    /** The page by which the master sees what we want and have. */
    ClaimPage page();

    /** The server channel reads: all that comes, or with auto-read off one batch. */
    void resume(boolean auto);

    /** The server channel does not read. */
    void pause();

    /** Closes it for good. */
    void close();

    boolean isClosing();
}
