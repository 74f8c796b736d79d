package org.nettycluster.worker;

import io.netty.channel.ChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The master's first answer: it comes on the control loop, and the thread that connects waits for it. */
final class WelcomeWait {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final CompletableFuture<Void> welcome = new CompletableFuture<>();

    void came() {
        welcome.complete(null);
    }

    /** Returns whether it had not come before. */
    boolean failed(String why) {
        return welcome.completeExceptionally(new ChannelException(why));
    }

    boolean hasCome() {
        return welcome.isDone() && !welcome.isCompletedExceptionally();
    }

    /**
     * Waits.
     *
     * @param who begins the message of a failure
     * @throws ChannelException if it does not come
     */
    void await(String who) {
        try {
            welcome.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new ChannelException(who + ": " + (cause == null ? e : cause).getMessage(), cause);
        } catch (TimeoutException e) {
            throw new ChannelException(who + ": no welcome within " + TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChannelException(who + ": interrupted", e);
        }
    }
}
