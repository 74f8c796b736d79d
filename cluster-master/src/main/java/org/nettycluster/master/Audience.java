package org.nettycluster.master;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.nettycluster.protocol.messages.ClusterMessage;

/** Whoever listens to events. Told on the supervisor's thread, of messages on that of handlers; joined from any. */
final class Audience {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Audience.class);

    private final List<ClusterEvents> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean hearsMessages;

    void add(ClusterEvents listener) {
        listeners.add(listener);
        if (handlesMessages(listener)) {
            hearsMessages = true;
        }
    }

    /** Whether any of them does something with messages: what nobody handles yet is kept for later. */
    boolean hearsMessages() {
        return hearsMessages;
    }

    // A method that does nothing by default does not say by itself whether somebody has written another.
    private static boolean handlesMessages(ClusterEvents listener) {
        try {
            return listener.getClass()
                            .getMethod("message", WorkerProcess.class, ClusterMessage.class)
                            .getDeclaringClass()
                    != ClusterEvents.class;
        } catch (NoSuchMethodException e) {
            throw new AssertionError("every listener inherits it", e);
        }
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
