package org.nettycluster.benchmarks.load;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where one HTTP/2 connection follows the other: the present one takes new streams, those that were told to go away finish
 * the streams that they have. It owns the attempts that wait for a stream.
 */
final class Http2Seat {
    private final LoadPlan plan;
    private final Dialer dialer;
    private final Deque<Attempt> waiting = new ArrayDeque<>();
    private final Set<Http2Connection> leaving = new HashSet<>();
    private @Nullable Http2Connection present;

    Http2Seat(LoadPlan plan, Dialer dialer) {
        this.plan = plan;
        this.dialer = dialer;
    }

    void begin(Attempt attempt) {
        waiting.add(attempt);
        pump();
    }

    int load() {
        return waiting.size() + (present == null ? 0 : present.load());
    }

    void close() {
        if (present != null) {
            present.close();
        }
        leaving.forEach(Http2Connection::close);
    }

    /** Gives streams to those that wait; dials if there is nobody to have one from. */
    void pump() {
        // They wait in the order in which their time runs out.
        while (!waiting.isEmpty() && waiting.element().isOver()) {
            waiting.remove();
        }
        if (present == null && !waiting.isEmpty()) {
            present = Http2Connection.open(this, plan, dialer);
        }
        while (present != null && present.hasRoom() && !waiting.isEmpty()) {
            Attempt attempt = waiting.remove();
            if (!attempt.isOver()) {
                present.send(attempt);
            }
        }
    }

    /** The server wants no more streams on it. */
    void goesAway(Http2Connection connection) {
        if (connection == present) {
            present = null;
            leaving.add(connection);
        }
    }

    /** To be sent again, ahead of those that never were. */
    void again(Attempt attempt) {
        attempt.unsent();
        waiting.addFirst(attempt);
    }

    void notConnected(Http2Connection connection, Throwable cause) {
        if (connection != present) {
            return;
        }
        present = null;
        for (Attempt attempt : takeWaiting()) {
            Dialer.fail(attempt, cause);
        }
        pump();
    }

    /**
     * It is closed, and its streams have been ended.
     *
     * @param usable whether it had ever been
     */
    void ended(Http2Connection connection, boolean usable, boolean idle, String how) {
        leaving.remove(connection);
        if (connection != present) {
            return;
        }
        present = null;
        if (!usable) {
            // It was opened for these.
            for (Attempt attempt : takeWaiting()) {
                attempt.connected(connection.localPort());
                attempt.lost(how);
            }
        } else if (idle) {
            dialer.aside(Aside.CLOSED_UNANNOUNCED);
        }
        pump();
    }

    private Iterable<Attempt> takeWaiting() {
        Deque<Attempt> taken = new ArrayDeque<>(waiting);
        waiting.clear();
        return taken;
    }
}
