package org.nettycluster.worker;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that one lane's connections stay out of the {@link DescriptorReserve}: from the first that lies in it until
 * more are free again than are reserved, the lane wants nothing. On the lane's loop; it looks at nothing while there are enough.
 */
final class DescriptorWatch {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(DescriptorWatch.class);
    private static final long FIRST_LOOK_MILLIS = 20;
    private static final long LAST_LOOK_MILLIS = 160;
    private static final long LOG_INTERVAL = TimeUnit.SECONDS.toNanos(10);

    private final Channel server;
    private final EventLoop loop;
    private final DescriptorReserve reserve;
    private final Runnable changed;
    private boolean areShort;
    /** Of the reserve, when it was last looked at. */
    private int taken;

    private long lastLog = System.nanoTime() - LOG_INTERVAL;

    /** @param changed called behind each change of {@link #areShort} */
    DescriptorWatch(Channel server, EventLoop loop, DescriptorReserve reserve, Runnable changed) {
        this.server = server;
        this.loop = loop;
        this.reserve = reserve;
        this.changed = changed;
    }

    boolean areShort() {
        return areShort;
    }

    /** A connection came with this number. It is served; the next ones wait in the master until others have ended. */
    void received(int number) {
        if (areShort || !reserve.holds(number, taken)) {
            return;
        }
        areShort = true;
        changed.run();
        long now = System.nanoTime();
        if (now - lastLog >= LOG_INTERVAL) {
            lastLog = now;
            LOGGER.warn(
                    "{} takes no more connections until some have ended, since {} are for the rest of the program: raise "
                            + "the limit of open files (ulimit -n)",
                    server,
                    reserve);
        }
        lookIn(FIRST_LOOK_MILLIS);
    }

    private void lookIn(long millis) {
        loop.schedule(() -> look(millis), millis, TimeUnit.MILLISECONDS);
    }

    private void look(long waited) {
        if (!server.isOpen()) {
            return;
        }
        taken = reserve.taken();
        if (reserve.isReached(taken)) {
            lookIn(Math.min(2 * waited, LAST_LOOK_MILLIS));
        } else {
            areShort = false;
            changed.run();
        }
    }
}
