package org.nettycluster.master.control;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the workers' signs of life once a second, without a system call for any of them, and has who stands routed
 * around. On the master's loop; runs as long as there are workers.
 */
final class StallWatch {
    private static final long PERIOD_SECONDS = 1;

    private final EventLoop loop;
    private final Duration limit;
    private final Supplier<Collection<WorkerSession>> sessions;
    private @Nullable ScheduledFuture<?> ticks;

    /** @param limit 0 for no watch */
    StallWatch(EventLoop loop, Duration limit, Supplier<Collection<WorkerSession>> sessions) {
        this.loop = loop;
        this.limit = limit;
        this.sessions = sessions;
    }

    /** Somebody is there to be watched. */
    void wake() {
        if (ticks == null && !limit.isZero()) {
            // Delay and not rate: after a pause of our own JVM no missed looks are made up for.
            ticks = loop.scheduleWithFixedDelay(this::look, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void look() {
        Collection<WorkerSession> all = sessions.get();
        if (all.isEmpty()) {
            close();
            return;
        }
        long now = System.nanoTime();
        all.forEach(session -> session.lookForStall(now, limit));
    }

    void close() {
        if (ticks != null) {
            ticks.cancel(false);
            ticks = null;
        }
    }
}
