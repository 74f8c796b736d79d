package org.nettycluster.master;

import io.netty.util.concurrent.EventExecutor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.MessageThreads;

/** Messages to and from all workers, and the threads on which their handlers run. Any thread. */
final class MailRoom implements AutoCloseable {
    private final EventExecutor loop;
    private final Audience audience;
    private final Supplier<List<WorkerProcess>> workers;
    private final MessageThreads threads = new MessageThreads();
    private final AtomicReference<@Nullable BiFunction<WorkerProcess, ClusterMessage, CompletionStage<ClusterMessage>>>
            answerer = new AtomicReference<>();

    /**
     * @param loop of all control connections
     * @param audience hears messages, too
     * @param workers those that live
     */
    MailRoom(EventExecutor loop, Audience audience, Supplier<List<WorkerProcess>> workers) {
        this.loop = loop;
        this.audience = audience;
        this.workers = workers;
    }

    WorkerMail mailOf(WorkerProcess worker) {
        return new WorkerMail(worker, loop, threads, audience, answerer::get);
    }

    /** Whoever has just been added to the audience may want what was kept. */
    void handlersChanged() {
        workers.get().forEach(each -> each.mail().handlersChanged());
    }

    void onRequest(BiFunction<WorkerProcess, ClusterMessage, CompletionStage<ClusterMessage>> handler) {
        if (!answerer.compareAndSet(null, handler)) {
            throw new IllegalStateException("requests of all workers have a handler already, and only one can answer");
        }
        handlersChanged();
    }

    Map<WorkerProcess, CompletionStage<Void>> broadcast(ClusterMessage message) {
        Map<WorkerProcess, CompletionStage<Void>> sent = new LinkedHashMap<>();
        workers.get().forEach(each -> sent.put(each, each.send(message)));
        return sent;
    }

    Map<WorkerProcess, CompletionStage<Void>> broadcast(String contentType, byte[] bytes) {
        Map<WorkerProcess, CompletionStage<Void>> sent = new LinkedHashMap<>();
        workers.get().forEach(each -> sent.put(each, each.send(contentType, bytes)));
        return sent;
    }

    @Override
    public void close() {
        threads.close();
    }
}
