package org.nettycluster.testsuite;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.worker.ClusterWorker;

/** A worker that serves nobody and talks with its master: it counts what it hears, answers, asks back, and floods. */
final class TalkingMain {
    static final int FLOOD = 3_000;
    static final int FLOOD_BYTES = 32 * 1024;

    private static final AtomicInteger HEARD = new AtomicInteger();
    private static final AtomicInteger OUT_OF_ORDER = new AtomicInteger();

    private TalkingMain() {}

    public static void main(String... args) throws InterruptedException {
        ClusterWorker worker = ClusterWorker.current().orElseThrow();
        worker.onMessage(message -> {
            switch (message.contentType()) {
                case "flood" -> count(message);
                case "end" -> {}
                case "start" -> new Thread(() -> flood(worker), "flood").start();
                default -> worker.send("echo", message.bytes());
            }
        });
        worker.onRequest(request -> answer(worker, request));
        worker.send(ClusterMessage.text("hello"));
        // The master's end is ours.
        new CountDownLatch(1).await();
    }

    private static CompletionStage<ClusterMessage> answer(ClusterWorker worker, ClusterMessage request) {
        return switch (request.contentType()) {
            case "echo" -> CompletableFuture.completedStage(request);
            case "ask" -> worker.request("back", request.bytes(), Duration.ofSeconds(20));
            case "never" -> new CompletableFuture<>();
            case "count" ->
                CompletableFuture.completedStage(
                        ClusterMessage.text(HEARD.get() + " heard, " + OUT_OF_ORDER.get() + " out of order"));
            default -> throw new IllegalArgumentException("what is " + request.contentType() + "?");
        };
    }

    private static void count(ClusterMessage message) {
        if (number(message) != HEARD.getAndIncrement()) {
            OUT_OF_ORDER.incrementAndGet();
        }
    }

    private static void flood(ClusterWorker worker) {
        for (int i = 0; i < FLOOD; i++) {
            ClusterMessage message = numbered(i);
            while (worker.send(message).toCompletableFuture().isCompletedExceptionally()) {
                LockSupport.parkNanos(100_000);
            }
        }
    }

    static ClusterMessage numbered(int number) {
        return ClusterMessage.of(
                "flood", ByteBuffer.allocate(FLOOD_BYTES).putInt(0, number).array());
    }

    static int number(ClusterMessage message) {
        return ByteBuffer.wrap(message.bytes()).getInt();
    }
}
