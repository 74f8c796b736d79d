package org.nettycluster.worker;

import io.netty.channel.EventLoop;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.RejectedExecutionException;

/**
 * Whether this worker has as many connections as it may have, for one that accepts itself. Asked on a server channel's loop,
 * which also hears when there is a place again.
 */
final class ConnectionLimit {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ConnectionLimit.class);

    private final int most;
    private final ConnectionCount count;
    private final EventLoop loop;
    private final Runnable freed;
    private final Runnable watcher = this::ended;
    private volatile boolean waits;

    /**
     * @param most 0 for no limit
     * @param freed run on the loop when a connection has ended while there was no place, and soon after it was seen that
     *     there is none, since one may have ended just then
     */
    ConnectionLimit(int most, ConnectionCount count, EventLoop loop, Runnable freed) {
        this.most = most;
        this.count = count;
        this.loop = loop;
        this.freed = freed;
        if (most > 0) {
            count.watch(watcher);
        }
    }

    boolean isReached() {
        boolean reached = most > 0 && count.open() >= most;
        if (reached && !waits) {
            waits = true;
            loop.execute(freed);
        }
        waits = reached;
        return reached;
    }

    // Any thread.
    private void ended() {
        if (waits) {
            try {
                loop.execute(freed);
            } catch (RejectedExecutionException e) {
                LOGGER.debug("the loop has ended, and nobody waits for a place any more", e);
            }
        }
    }

    void close() {
        count.unwatch(watcher);
    }
}
