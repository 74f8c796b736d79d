package org.nettycluster.protocol.messages;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.passing.PassedConnection;

/**
 * What the other side has said and no handler has finished yet, in the order of its arrival. On the thread of handlers.
 *
 * <p>What nobody handles yet waits for the first handler of its kind; the other kind passes it. Whoever puts something in
 * has taken room for it.
 */
final class Inbox {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Inbox.class);

    private final Correspondent correspondent;
    private final IntConsumer handled;
    private final Deque<Arrival> messages = new ArrayDeque<>();
    private final Deque<Arrival> requests = new ArrayDeque<>();
    private long arrivals;
    private volatile boolean open;
    private volatile boolean keeping;

    /** @param handled told what each message cost, when its handlers have returned */
    Inbox(Correspondent correspondent, IntConsumer handled) {
        this.correspondent = correspondent;
        this.handled = handled;
    }

    private record Arrival(
            long number, ClusterMessage message, @Nullable Exchange exchange) {}

    /** From now on handlers may be called. Any thread. */
    void open() {
        open = true;
    }

    /**
     * Whether something waits for {@link #open} or a handler. Any thread: what is kept is seen here, or sees what was
     * changed before this was asked.
     */
    boolean isKeeping() {
        return keeping;
    }

    void message(ClusterMessage message) {
        messages.add(new Arrival(arrivals++, message, null));
        keeping = true;
        deliver();
    }

    void request(Exchange exchange) {
        requests.add(new Arrival(arrivals++, exchange.request(), exchange));
        keeping = true;
        deliver();
    }

    /** Nobody waits for its answer any more. Mostly it is the first one, or gone. */
    void forget(Exchange exchange) {
        Arrival first = requests.peek();
        if (first != null && first.exchange() == exchange) {
            requests.poll();
        } else {
            requests.removeIf(each -> each.exchange() == exchange);
        }
    }

    /** The other side is gone: connections are not kept for a handler that may never come, messages are. */
    void closeKept() {
        for (Arrival each : messages) {
            PassedConnection passed = each.message().passed();
            if (passed != null && passed.closeUnclaimed()) {
                LOGGER.warn("closed a {}: there was no handler of messages as long as its sender lived", passed);
            }
        }
    }

    /** Something has come, or a handler has. */
    void deliver() {
        while (open) {
            Arrival next = next();
            if (next == null) {
                break;
            }
            if (next.exchange() == null) {
                handle(next.message());
            } else {
                handle(next.exchange());
            }
        }
        keeping = !messages.isEmpty() || !requests.isEmpty();
    }

    private @Nullable Arrival next() {
        Arrival message = correspondent.takesMessages() ? messages.peek() : null;
        Arrival request = correspondent.takesRequests() ? requests.peek() : null;
        boolean messageFirst = message != null && (request == null || message.number() < request.number());
        return messageFirst ? messages.poll() : request == null ? null : requests.poll();
    }

    @SuppressWarnings("CatchingUnchecked") // A handler's failure, even an Error, ends nothing of ours.
    private void handle(ClusterMessage message) {
        try {
            correspondent.message(message);
        } catch (Throwable e) {
            LOGGER.warn("a handler of messages failed at a {}", message, e);
        } finally {
            PassedConnection passed = message.passed();
            if (passed != null && passed.closeUnclaimed()) {
                LOGGER.warn("closed a {}: no handler of its message has claimed it", passed);
            }
            handled.accept(message.charge());
        }
    }

    @SuppressWarnings("CatchingUnchecked") // The same, and whoever asks is told.
    private void handle(Exchange exchange) {
        if (exchange.nanosLeft() <= 0) {
            exchange.expire();
        }
        if (exchange.isOver()) {
            return;
        }
        try {
            CompletionStage<ClusterMessage> answer = correspondent.request(exchange.request());
            if (answer == null) {
                exchange.end(null, null);
            } else {
                answer.whenComplete(exchange::end);
            }
        } catch (Throwable e) {
            LOGGER.warn("a handler of requests failed at a {}", exchange.request(), e);
            exchange.end(null, e);
        }
    }
}
