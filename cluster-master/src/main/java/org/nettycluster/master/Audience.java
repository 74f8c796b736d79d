package org.nettycluster.master;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Whoever listens to events. Told on the supervisor's thread; joined from any. */
final class Audience {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Audience.class);

    private final List<ClusterEvents> listeners = new CopyOnWriteArrayList<>();

    void add(ClusterEvents listener) {
        listeners.add(listener);
    }

    @SuppressWarnings("CatchingUnchecked") // A listener's failure, even an Error, must not keep a worker's end from us.
    void tell(Consumer<ClusterEvents> event) {
        for (ClusterEvents each : listeners) {
            try {
                event.accept(each);
            } catch (Throwable e) {
                LOGGER.warn("a listener of cluster events failed", e);
            }
        }
    }
}
