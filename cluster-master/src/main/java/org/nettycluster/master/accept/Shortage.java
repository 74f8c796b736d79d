package org.nettycluster.master.accept;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Out of descriptors: how long one {@link Listener} leaves accept(2) alone, so that it neither spins nor accepts and
 * closes; those who wait stay in the backlog. On the master's loop.
 */
final class Shortage {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Shortage.class);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LOG_INTERVAL = TimeUnit.SECONDS.toNanos(10);

    private final SocketAddress address;
    private long until = Long.MIN_VALUE;
    private long claimedAtBegin;
    private long lastLog = Long.MIN_VALUE;

    Shortage(SocketAddress address) {
        this.address = address;
    }

    /** accept(2) has failed for it. */
    void begins(IOException failure, long claimed, long now) {
        until = now + PAUSE;
        claimedAtBegin = claimed;
        if (now - lastLog > LOG_INTERVAL || lastLog == Long.MIN_VALUE) {
            lastLog = now;
            LOGGER.warn(
                    "can't accept on {}: {}; clients wait in the backlog, next try in 100 ms: raise the limit of open "
                            + "files (ulimit -n)",
                    address,
                    failure.getMessage());
        }
    }

    /** Whether it is too early to try again. */
    boolean lasts(long now) {
        return now < until;
    }

    /** Whether one of our descriptors was closed since it began, so that there is room before its time. */
    boolean relieved(long claimed) {
        return claimed != claimedAtBegin;
    }

    /** When to try again at the latest: after so many nanoseconds, {@link Long#MAX_VALUE} if there is no shortage. */
    long delay(long now) {
        return lasts(now) ? until - now : Long.MAX_VALUE;
    }
}
