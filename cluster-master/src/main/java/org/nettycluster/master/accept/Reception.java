package org.nettycluster.master.accept;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.dispatch.HandoffCounters;
import org.nettycluster.master.dispatch.Lane;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.WorkerId;

/**
 * One listening socket of the master and how its clients get to workers: the master accepts and hands off ({@link
 * Listener}), or the workers accept ({@link SharedListener}). On the master's loop.
 */
public sealed interface Reception permits Listener, SharedListener {
    /** The number by which workers name it. */
    int number();

    /** Really bound, with the real port; or a path. */
    SocketAddress address();

    /** Whether the workers accept. */
    default boolean isShared() {
        return false;
    }

    /**
     * What this worker needs to accept for itself; null if the master does.
     *
     * @throws IOException if too many workers share it
     */
    default Listening.@Nullable Share share(WorkerId worker) throws IOException {
        return null;
    }

    /** This worker's process has ended, whether it had left or not. */
    default void exited(WorkerId worker) {}

    /** How its connections went. */
    HandoffCounters counters();

    /** How many clients found no place. */
    Crowd crowd();

    /** Its open lanes. */
    List<Lane> lanes();

    /** Clients are served as soon as a worker can take them. */
    void start();

    /** A worker's lane is open. */
    void laneOpened(Lane lane);

    /** A lane has ended, or its process has. */
    void laneEnded(Lane lane);

    /** A worker rang, or was paused, or goes on. */
    void rang();

    /**
     * Sees to it that what is in the backlog is taken, and closes the socket once it was seen empty. To be called again
     * until it says true, or until the caller's patience ends and {@link #close} follows.
     *
     * @return whether nothing can arrive any more and everything that was accepted is claimed
     */
    boolean endAccepting();

    /** Closes the socket, and what waits. */
    void close();
}
