package org.nettycluster.benchmarks.load;

import org.jspecify.annotations.Nullable;

/** A connection for each request, which the server is asked to close: the attempt is over when it has. */
final class OneShotWire implements Wire {
    private final LoadPlan plan;
    private final Dialer dialer;

    OneShotWire(LoadPlan plan, Dialer dialer) {
        this.plan = plan;
        this.dialer = dialer;
    }

    @Override
    public void begin(Attempt attempt) {
        attempt.onTimeout(Http1Connection.open(new Exchange(attempt), plan, dialer)::close);
    }

    @Override
    public void close() {}

    private final class Exchange implements Http1Connection.Owner {
        private final Attempt attempt;
        private @Nullable Answer answer;

        Exchange(Attempt attempt) {
            this.attempt = attempt;
        }

        @Override
        public void connected(Http1Connection connection) {
            connection.send(attempt, true);
        }

        @Override
        public void notConnected(Http1Connection connection, Throwable cause) {
            Dialer.fail(attempt, cause);
        }

        @Override
        public void answered(Http1Connection connection, Attempt same, Answer complete) {
            answer = complete;
        }

        @Override
        public void ended(Http1Connection connection, @Nullable Attempt unanswered, String how) {
            if (answer == null) {
                attempt.lost(how);
                return;
            }
            attempt.eof();
            if (connection.wasReset()) {
                dialer.aside(Aside.RESET_AFTER_ANSWER);
            }
            answer.judge(attempt);
        }
    }
}
