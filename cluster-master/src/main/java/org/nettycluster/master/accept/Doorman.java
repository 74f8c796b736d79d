package org.nettycluster.master.accept;

import io.netty.channel.epoll.LinuxSocket;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.dispatch.Dispatcher;
import org.nettycluster.master.dispatch.Overload;

/**
 * What becomes of clients for whom a limit of connections leaves no place, and how often that was so. Part of one {@link
 * Listener}, on its loop.
 */
final class Doorman {
    private final Dispatcher dispatcher;
    private final Closer closer;
    private boolean stoppedForLimit;
    private long waits;
    private long resets;

    Doorman(Dispatcher dispatcher, Closer closer) {
        this.dispatcher = dispatcher;
        this.closer = closer;
    }

    /** Whether who finds no place is to be told so. What came back has waited, and goes first. */
    boolean turnsAway(long now) {
        return dispatcher.capacity().limits().overload() == Overload.RESET
                && !dispatcher.hasWaiting()
                && dispatcher.atLimit(now);
    }

    /** This one was accepted to be told. */
    void reset(int fd) {
        resets++;
        closer.reset(fd);
    }

    /**
     * Accepting stops. Counted once, whatever else wakes the loop until the next is accepted.
     *
     * @param atLimit because of a limit
     * @param accepted since it went on
     */
    void stops(boolean atLimit, int accepted) {
        if (atLimit && (!stoppedForLimit || accepted > 0)) {
            waits++;
        }
        stoppedForLimit = atLimit;
    }

    /** Accepting goes on. */
    void goesOn() {
        stoppedForLimit = false;
    }

    /** @param listening null if it listens no more */
    Crowd crowd(@Nullable LinuxSocket listening) {
        return Crowd.of(listening, waits, resets);
    }
}
