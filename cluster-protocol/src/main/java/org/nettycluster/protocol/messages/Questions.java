package org.nettycluster.protocol.messages;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests of ours that have no answer yet. On the loop of the connection. Each ends exactly once, and its stage is
 * completed on the thread of stages.
 *
 * <p>Answers that wait for that thread take room of their own: without it the request fails and the answer is dropped.
 */
final class Questions {
    private final EventExecutor loop;
    private final MessageThreads threads;
    private final String peer;
    private final Room answers = new Room();
    private final Map<Integer, Open> open = new HashMap<>();

    /** @param peer whom we ask, in words */
    Questions(EventExecutor loop, MessageThreads threads, String peer) {
        this.loop = loop;
        this.threads = threads;
        this.peer = peer;
    }

    private record Open(Question question, ScheduledFuture<?> timer) {}

    /**
     * One request.
     *
     * @param answer completed with its end
     * @param over carried out before that, on the same thread
     */
    record Question(int correlation, Duration patience, CompletableFuture<ClusterMessage> answer, Runnable over) {}

    /** @param tooLate told of the failure at the end of its patience, before the stage is */
    void ask(Question question, Consumer<MessageException> tooLate) {
        ScheduledFuture<?> timer = loop.schedule(
                () -> {
                    MessageException failure = new MessageException(
                            MessageException.Reason.TIMEOUT,
                            peer + " has not answered within "
                                    + question.patience().toMillis() + " ms");
                    tooLate.accept(failure);
                    fail(question.correlation(), failure);
                },
                question.patience().toNanos(),
                TimeUnit.NANOSECONDS);
        open.put(question.correlation(), new Open(question, timer));
    }

    /** Of an answer that nobody waits for, any more or ever, nothing is kept. */
    void answered(int correlation, ClusterMessage message) {
        Question question = close(correlation);
        if (question == null) {
            return;
        }
        if (!answers.take(message.charge())) {
            finish(
                    question,
                    new MessageException(
                            MessageException.Reason.QUEUE_FULL,
                            "the answer of " + peer + " came while " + answers.taken()
                                    + " bytes of answers wait for the stages of earlier ones (limit " + Room.BYTES
                                    + "): do long work elsewhere"));
            return;
        }
        threads.complete(() -> {
            answers.giveBack(message.charge());
            question.over().run();
            question.answer().complete(message);
        });
    }

    void fail(int correlation, MessageException failure) {
        Question question = close(correlation);
        if (question != null) {
            finish(question, failure);
        }
    }

    void failAll(MessageException failure) {
        List.copyOf(open.keySet()).forEach(correlation -> fail(correlation, failure));
    }

    private @Nullable Question close(int correlation) {
        Open closed = open.remove(correlation);
        if (closed == null) {
            return null;
        }
        closed.timer().cancel(false);
        return closed.question();
    }

    private void finish(Question question, MessageException failure) {
        threads.complete(() -> {
            question.over().run();
            question.answer().completeExceptionally(failure);
        });
    }
}
