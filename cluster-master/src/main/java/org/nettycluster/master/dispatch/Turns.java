package org.nettycluster.master.dispatch;

/**
 * One lane's account of turns: what it was given, each connection at the price that it had then, and since when. All lanes
 * pay the same unless the scheduler gives them weights. Part of its {@link Lane}.
 */
final class Turns {
    /** The price of a connection at weight 1; divisible by all numbers to 16, so that most weights count exactly. */
    static final long ONE = 720_720;

    private long given;
    private long last;
    private long price = ONE;
    private boolean begun;
    private long firstAt;
    private long age;

    /** A scheduler is about to be asked: what does it see? */
    void look(long now) {
        age = begun ? Math.max(1, now - firstAt) : 0;
    }

    /** Nanoseconds from the first connection to the last look, 0 if there was none. */
    long age() {
        return age;
    }

    /** From now on a connection counts as one turn divided by this weight. */
    void weigh(double weight) {
        price = Math.max(ONE / 1_000, Math.min(ONE * 1_000, Math.round(ONE / weight)));
    }

    /** What one connection costs now. */
    long price() {
        return price;
    }

    long given() {
        return given;
    }

    /** The number of the last turn. */
    long last() {
        return last;
    }

    /** Pays for a connection. */
    void take(long turn, long now) {
        last = turn;
        given += price;
        if (!begun) {
            begun = true;
            firstAt = now;
        }
    }

    /** The last connection was not sent: it has not had that turn. */
    void undo(long before, long paid) {
        last = before;
        given -= paid;
    }

    /** A connection came back: it did not get its share. */
    void refund(long paid) {
        given -= paid;
    }

    /** Joins, or is behind others by more than it may catch up: counts as having been given so much. */
    void countFrom(long others) {
        given = Math.max(given, others);
    }
}
