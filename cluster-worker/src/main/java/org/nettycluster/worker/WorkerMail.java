package org.nettycluster.worker;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.Correspondent;
import org.nettycluster.protocol.messages.Mailbox;
import org.nettycluster.protocol.messages.MessageThreads;
import org.nettycluster.protocol.passing.PassedConnection;

/**
 * Messages to and from the master. Owns the threads of handlers and stages. Handlers are added from any thread and called
 * on the first of them.
 */
final class WorkerMail implements Correspondent, AutoCloseable {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(WorkerMail.class);

    private final MessageThreads threads = new MessageThreads();
    private final List<Consumer<ClusterMessage>> handlers = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Function<ClusterMessage, CompletionStage<ClusterMessage>>> answerer =
            new AtomicReference<>();
    private final Mailbox mailbox;

    /** @param loop of the control connection */
    WorkerMail(EventExecutor loop) {
        mailbox = new Mailbox("the master", loop, threads, this);
        mailbox.open();
    }

    Mailbox mailbox() {
        return mailbox;
    }

    void onMessage(Consumer<ClusterMessage> handler) {
        handlers.add(handler);
        mailbox.handlersChanged();
    }

    void onRequest(Function<ClusterMessage, CompletionStage<ClusterMessage>> handler) {
        if (!answerer.compareAndSet(null, handler)) {
            throw new IllegalStateException("requests of the master have a handler already, and only one can answer");
        }
        mailbox.handlersChanged();
    }

    @Override
    public boolean takesMessages() {
        return !handlers.isEmpty();
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // One handler's failure, even an Error, is not the next one's.
    public void message(ClusterMessage message) {
        for (Consumer<ClusterMessage> each : handlers) {
            try {
                each.accept(message);
            } catch (Throwable e) {
                LOGGER.warn("a handler failed at a {} of the master", message, e);
            }
        }
    }

    @Override
    public PassedConnection.Inserter inserter() {
        return InsertedChild::insert;
    }

    @Override
    public boolean takesRequests() {
        return answerer.get() != null;
    }

    @Override
    public @Nullable CompletionStage<ClusterMessage> request(ClusterMessage request) {
        Function<ClusterMessage, CompletionStage<ClusterMessage>> handler = answerer.get();
        return handler == null ? null : handler.apply(request);
    }

    /** What has come is still handled. On the control loop; does not wait. */
    @Override
    public void close() {
        mailbox.ended("this worker was closed");
        threads.close();
    }
}
