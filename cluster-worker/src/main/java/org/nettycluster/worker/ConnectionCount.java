package org.nettycluster.worker;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections this worker has open, on all of its server channels: where it accepts for itself, it keeps to its
 * limit itself. Any thread.
 */
final class ConnectionCount {
    private final AtomicInteger open = new AtomicInteger();
    private final List<Runnable> waiting = new CopyOnWriteArrayList<>();

    int open() {
        return open.get();
    }

    void begins() {
        open.incrementAndGet();
    }

    void ended() {
        open.decrementAndGet();
        waiting.forEach(Runnable::run);
    }

    /** Has this run whenever a connection has ended, on the thread where that was seen. */
    void watch(Runnable watcher) {
        waiting.add(watcher);
    }

    void unwatch(Runnable watcher) {
        waiting.remove(watcher);
    }
}
