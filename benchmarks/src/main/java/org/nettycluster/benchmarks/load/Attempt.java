package org.nettycluster.benchmarks.load;

import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One attempt from the moment it is due to its one end. The loop of its run owns it; the wire that carries it reports its
 * stages, and whoever ends it second is not heard.
 */
final class Attempt {
    private final Ledger ledger;
    private final Runnable whenOver;
    private final String nonce;
    private final long due;
    private final int client;
    private Stage stage = Stage.DUE;
    private boolean over;
    private int port;
    private long answeredAt;
    private long eofAt;
    private @Nullable String worker;
    private @Nullable Future<?> timer;
    private @Nullable Runnable abandon;

    private enum Stage {
        DUE("before it could be sent"),
        SENT("before the first byte of an answer"),
        ANSWERING("within the answer"),
        ANSWERED("after the answer, before the EOF");

        private final String words;

        Stage(String words) {
            this.words = words;
        }
    }

    Attempt(Ledger ledger, String nonce, long due, int client, Runnable whenOver) {
        this.ledger = ledger;
        this.nonce = nonce;
        this.due = due;
        this.client = client;
        this.whenOver = whenOver;
    }

    String nonce() {
        return nonce;
    }

    /** By {@link System#nanoTime()}. */
    long due() {
        return due;
    }

    int client() {
        return client;
    }

    /** Our port, 0 if it never had one. */
    int port() {
        return port;
    }

    /** Who answered, or who had answered on the same connection before; null if nobody has. */
    @Nullable
    String worker() {
        return worker;
    }

    Ended asEnded(Outcome outcome, long now) {
        return new Ended(outcome, nonce, port, worker == null ? Ended.NOBODY : worker, due, answeredAt, eofAt, now);
    }

    boolean isOver() {
        return over;
    }

    void expiresWith(Future<?> timer) {
        this.timer = timer;
    }

    /** What to do with the connection when time is up. */
    void onTimeout(Runnable abandon) {
        this.abandon = abandon;
    }

    void connected(int localPort) {
        port = localPort;
    }

    void sent(@Nullable String lastWorker) {
        stage = Stage.SENT;
        worker = lastWorker;
    }

    /** Back to the start: what was sent is sure not to have been served. */
    void unsent() {
        stage = Stage.DUE;
    }

    /** The first byte came, or a further one. */
    void answering() {
        if (stage == Stage.SENT) {
            stage = Stage.ANSWERING;
        }
    }

    /** The last byte of the answer came. */
    void answered(@Nullable String by) {
        stage = Stage.ANSWERED;
        worker = by == null ? worker : by;
        answeredAt = System.nanoTime();
        ledger.answered(this, answeredAt);
    }

    /** The connection ended after the answer. */
    void eof() {
        eofAt = System.nanoTime();
        ledger.eof(this, eofAt);
    }

    /** The connection ended before the answer was complete. */
    void lost(String how) {
        end(stage == Stage.ANSWERING ? Outcome.RESET_WITHIN : Outcome.RESET_BEFORE, how + " " + stage.words);
    }

    void timeOut() {
        if (!over) {
            end(Outcome.TIMEOUT, stage.words);
            if (abandon != null) {
                abandon.run();
            }
        }
    }

    void end(Outcome outcome, String detail) {
        if (finish()) {
            ledger.ended(this, outcome, detail, System.nanoTime());
            whenOver.run();
        }
    }

    /** It could not be made, for a reason on our side: it says nothing about the server. */
    void notStarted(String why) {
        if (finish()) {
            ledger.notStarted(why);
            whenOver.run();
        }
    }

    private boolean finish() {
        if (over) {
            return false;
        }
        over = true;
        if (timer != null) {
            timer.cancel(false);
        }
        return true;
    }
}
