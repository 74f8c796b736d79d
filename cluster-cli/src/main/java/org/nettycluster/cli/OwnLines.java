package org.nettycluster.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the command itself says on one of its streams: a bounded queue and a thread of its own, so that a reader who stops
 * never blocks the thread that says it, which may be the one that keeps workers running. Lines that find no room are
 * dropped, counted, and told of when the reader goes on. Thread safe.
 */
final class OwnLines {
    private static final int MOST_LINES = 1024;
    private static final Duration LAST_LINES = Duration.ofSeconds(1);

    private final PrintStream stream;
    private final BlockingQueue<Runnable> queue;
    private final AtomicLong dropped = new AtomicLong();

    /** Starts the thread. Whoever else prints to the stream may block there. */
    OwnLines(PrintStream stream) {
        this(stream, MOST_LINES);
    }

    OwnLines(PrintStream stream, int most) {
        this.stream = stream;
        this.queue = new ArrayBlockingQueue<>(most);
        Thread thread = new Thread(this::print, "ncluster-own-lines");
        thread.setDaemon(true);
        thread.start();
    }

    /** Never blocks. */
    void line(String text) {
        if (!queue.offer(() -> stream.println(text))) {
            dropped.incrementAndGet();
        }
    }

    private void print() {
        try {
            while (true) {
                queue.take().run();
                long lost = dropped.getAndSet(0);
                if (lost > 0) {
                    stream.println("(" + lost + " lines of ncluster were dropped: their reader was too slow)");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for what was said so far, but not for a reader who has stopped. */
    void flush() {
        CompletableFuture<Void> printed = new CompletableFuture<>();
        if (queue.offer(() -> printed.complete(null))) {
            printed.completeOnTimeout(null, LAST_LINES.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }
}
