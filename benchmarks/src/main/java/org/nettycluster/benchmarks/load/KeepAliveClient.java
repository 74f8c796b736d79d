package org.nettycluster.benchmarks.load;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client: a request at a time, on a connection that stays until an answer announces its close. It retries nothing. What
 * falls due while an answer is awaited waits here, and its time runs.
 */
final class KeepAliveClient implements Http1Connection.Owner {
    private final LoadPlan plan;
    private final Dialer dialer;
    private final Deque<Attempt> waiting = new ArrayDeque<>();
    private final Set<Farewell> farewells = new HashSet<>();
    private @Nullable Attempt underWay;
    private @Nullable Http1Connection connection;
    private boolean connected;

    KeepAliveClient(LoadPlan plan, Dialer dialer) {
        this.plan = plan;
        this.dialer = dialer;
    }

    void begin(Attempt attempt) {
        attempt.onTimeout(() -> abandon(attempt));
        waiting.add(attempt);
        next();
    }

    void close() {
        if (connection != null) {
            connection.close();
        }
        farewells.forEach(farewell -> farewell.connection.close());
        farewells.clear();
    }

    private void next() {
        if (underWay != null) {
            return;
        }
        while (underWay == null && !waiting.isEmpty()) {
            Attempt attempt = waiting.remove();
            if (!attempt.isOver()) {
                underWay = attempt;
            }
        }
        if (underWay == null) {
            return;
        }
        if (connection == null) {
            connected = false;
            connection = Http1Connection.open(this, plan, dialer);
        } else if (connected) {
            connection.send(underWay, false);
        }
    }

    @Override
    public void connected(Http1Connection which) {
        connected = true;
        if (underWay != null) {
            which.send(underWay, false);
        }
    }

    @Override
    public void notConnected(Http1Connection which, Throwable cause) {
        connection = null;
        Attempt attempt = underWay;
        underWay = null;
        if (attempt != null) {
            Dialer.fail(attempt, cause);
        }
        next();
    }

    @Override
    public void answered(Http1Connection which, Attempt attempt, Answer answer) {
        underWay = null;
        if (answer.last()) {
            connection = null;
            Farewell farewell = new Farewell(which, attempt);
            farewells.add(farewell);
            dialer.loop().schedule(() -> overdue(farewell), plan.timeout().toNanos(), TimeUnit.NANOSECONDS);
        }
        answer.judge(attempt);
        next();
    }

    @Override
    public void ended(Http1Connection which, @Nullable Attempt unanswered, String how) {
        if (which != connection) {
            announced(which);
            return;
        }
        connection = null;
        underWay = null;
        if (unanswered == null) {
            dialer.aside(Aside.CLOSED_UNANNOUNCED);
        } else {
            unanswered.lost(how);
        }
        next();
    }

    private void announced(Http1Connection which) {
        for (Farewell farewell : farewells) {
            if (farewell.connection == which) {
                farewells.remove(farewell);
                farewell.attempt.eof();
                if (which.wasReset()) {
                    dialer.aside(Aside.RESET_AFTER_ANSWER);
                }
                return;
            }
        }
    }

    private void overdue(Farewell farewell) {
        if (farewells.remove(farewell)) {
            dialer.aside(Aside.CLOSE_OVERDUE);
            farewell.connection.close();
        }
    }

    private void abandon(Attempt attempt) {
        if (attempt == underWay) {
            underWay = null;
            if (connection != null) {
                connection.close();
                connection = null;
            }
            next();
        }
    }

    /** The server has announced that it will close this connection, after the answer to this attempt. */
    private record Farewell(Http1Connection connection, Attempt attempt) {}
}
