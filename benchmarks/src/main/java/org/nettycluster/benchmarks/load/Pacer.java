package org.nettycluster.benchmarks.load;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * Starts the attempts of one part of a run when they are due, whatever became of the earlier ones, and tells when the last
 * has ended. On the loop of its run.
 */
final class Pacer {
    /** After so many without a pause the connections get their turn. */
    private static final int BURST = 64;

    private final EventLoop loop;
    private final Wire wire;
    private final Ledger ledger;
    private final Arrivals arrivals;
    private final String prefix;
    private final Runnable whenOver;
    private final long timeout;
    private final long length;
    private final long most;
    private long started;
    private long underWay;
    private boolean stopped;
    private boolean told;

    /**
     * Starts nothing yet.
     *
     * @param prefix of the nonces
     * @param length of this part in nanoseconds
     * @param most attempts
     */
    Pacer(
            EventLoop loop,
            Wire wire,
            Ledger ledger,
            Arrivals arrivals,
            String prefix,
            long timeout,
            long length,
            long most,
            Runnable whenOver) {
        this.loop = loop;
        this.wire = wire;
        this.ledger = ledger;
        this.arrivals = arrivals;
        this.prefix = prefix;
        this.timeout = timeout;
        this.length = length;
        this.most = most;
        this.whenOver = whenOver;
    }

    /** Starts what is due, and comes back when the next is. */
    void run() {
        for (int i = 0; i < BURST && !isComplete(); i++) {
            long wait = ledger.begin() + arrivals.due() - System.nanoTime();
            if (wait > 0) {
                loop.schedule(this::run, wait, TimeUnit.NANOSECONDS);
                return;
            }
            start(ledger.begin() + arrivals.due());
            arrivals.advance();
        }
        if (isComplete()) {
            tell();
        } else {
            loop.schedule(this::run, 0, TimeUnit.NANOSECONDS);
        }
    }

    /** Starts no more; what is under way comes to its end. */
    void stop() {
        stopped = true;
        tell();
    }

    private boolean isComplete() {
        return stopped || started >= most || arrivals.due() >= length;
    }

    private void start(long due) {
        Attempt attempt = new Attempt(ledger, prefix + started, due, arrivals.client(), this::ended);
        started++;
        underWay++;
        long now = System.nanoTime();
        ledger.started(attempt, now);
        attempt.expiresWith(loop.schedule(attempt::timeOut, due + timeout - now, TimeUnit.NANOSECONDS));
        wire.begin(attempt);
    }

    private void ended() {
        underWay--;
        if (isComplete()) {
            tell();
        }
    }

    private void tell() {
        if (underWay == 0 && !told) {
            told = true;
            // Not from within an attempt's end: the wire is still at work then.
            loop.execute(whenOver);
        }
    }
}
