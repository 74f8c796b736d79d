package org.nettycluster.master;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.Correspondent;
import org.nettycluster.protocol.messages.Mailbox;
import org.nettycluster.protocol.messages.MessageThreads;

/**
 * Messages to and from one worker: its mailbox, and who hears what it says, as in Node first the cluster's listeners and
 * then the worker's own. Handlers are added from any thread and called on the thread of handlers.
 */
final class WorkerMail implements Correspondent {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(WorkerMail.class);

    private final WorkerProcess worker;
    private final Audience audience;
    private final Supplier<@Nullable BiFunction<WorkerProcess, ClusterMessage, CompletionStage<ClusterMessage>>>
            clusterAnswerer;
    private final List<Consumer<ClusterMessage>> handlers = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Function<ClusterMessage, CompletionStage<ClusterMessage>>> answerer =
            new AtomicReference<>();
    private final Mailbox mailbox;

    WorkerMail(
            WorkerProcess worker,
            EventExecutor loop,
            MessageThreads threads,
            Audience audience,
            Supplier<@Nullable BiFunction<WorkerProcess, ClusterMessage, CompletionStage<ClusterMessage>>>
                    clusterAnswerer) {
        this.worker = worker;
        this.audience = audience;
        this.clusterAnswerer = clusterAnswerer;
        mailbox = new Mailbox("worker " + worker.id(), loop, threads, this);
    }

    Mailbox mailbox() {
        return mailbox;
    }

    void onMessage(Consumer<ClusterMessage> handler) {
        handlers.add(handler);
        handlersChanged();
    }

    void onRequest(Function<ClusterMessage, CompletionStage<ClusterMessage>> handler) {
        if (!answerer.compareAndSet(null, handler)) {
            throw new IllegalStateException(
                    "requests of worker " + worker.id() + " have a handler already, and only one can answer");
        }
        handlersChanged();
    }

    void handlersChanged() {
        mailbox.handlersChanged();
    }

    @Override
    public boolean takesMessages() {
        return audience.hearsMessages() || !handlers.isEmpty();
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // One handler's failure, even an Error, is not the next one's.
    public void message(ClusterMessage message) {
        audience.tell(events -> events.message(worker, message));
        for (Consumer<ClusterMessage> each : handlers) {
            try {
                each.accept(message);
            } catch (Throwable e) {
                LOGGER.warn("a handler failed at a {} of {}", message, worker, e);
            }
        }
    }

    @Override
    public boolean takesRequests() {
        return answerer.get() != null || clusterAnswerer.get() != null;
    }

    @Override
    public @Nullable CompletionStage<ClusterMessage> request(ClusterMessage request) {
        Function<ClusterMessage, CompletionStage<ClusterMessage>> own = answerer.get();
        if (own != null) {
            return own.apply(request);
        }
        BiFunction<WorkerProcess, ClusterMessage, CompletionStage<ClusterMessage>> cluster = clusterAnswerer.get();
        return cluster == null ? null : cluster.apply(worker, request);
    }
}
