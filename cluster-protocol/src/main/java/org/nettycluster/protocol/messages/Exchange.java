package org.nettycluster.protocol.messages;

import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request of the other side, until it is answered, has failed, or nobody waits any more: whichever comes first, from
 * whatever thread.
 */
final class Exchange {
    private static final int LONGEST_TEXT = 1024;

    private final int correlation;
    private final long deadline;
    private final ClusterMessage request;
    private final Ends ends;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Future<?> timer;

    /** @param deadline of {@link System#nanoTime} */
    Exchange(int correlation, long deadline, ClusterMessage request, Ends ends) {
        this.correlation = correlation;
        this.deadline = deadline;
        this.request = request;
        this.ends = ends;
    }

    /** What can become of it. Exactly one of these is called, once. */
    interface Ends {
        void answered(Exchange exchange, ClusterMessage answer);

        void failed(Exchange exchange, String text);

        void expired(Exchange exchange);
    }

    /** To be cancelled when it is over before. */
    void timedBy(Future<?> expiry) {
        timer = expiry;
        if (isOver()) {
            expiry.cancel(false);
        }
    }

    int correlation() {
        return correlation;
    }

    ClusterMessage request() {
        return request;
    }

    /** Until nobody waits; 0 or less when that is so. */
    long nanosLeft() {
        return deadline - System.nanoTime();
    }

    void end(@Nullable ClusterMessage answer, @Nullable Throwable failure) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        Future<?> expiry = timer;
        if (expiry != null) {
            expiry.cancel(false);
        }
        if (failure != null) {
            ends.failed(this, text(failure));
        } else if (answer == null) {
            ends.failed(this, "its handler has answered null");
        } else {
            ends.answered(this, answer);
        }
    }

    boolean isOver() {
        return over.get();
    }

    void expire() {
        if (over.compareAndSet(false, true)) {
            ends.expired(this);
        }
    }

    private static String text(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String text = "its handler failed: " + cause;
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 1) + "…";
    }
}
