package org.nettycluster.master.supervise;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.nettycluster.protocol.WorkerId;

/**
 * Stands between workers and whoever reads their output, so that a reader who stops never blocks a worker: a bounded queue
 * and a thread of its own. Lines that find no room are dropped, counted, and told of when the reader goes on. Thread safe.
 */
public final class BufferedLines implements WorkerOutput, AutoCloseable {
    private static final int MOST_LINES = 8192;
    private static final long MOST_CHARACTERS = 4L * 1024 * 1024;

    private final WorkerOutput reader;
    private final BlockingQueue<Item> queue;
    private final AtomicLong characters = new AtomicLong();
    private final Map<WorkerId, Long> dropped = new LinkedHashMap<>();
    private final Thread thread;
    private volatile boolean givenUp;
    private volatile boolean ended;

    /** Starts the thread. */
    public BufferedLines(WorkerOutput reader) {
        this(reader, MOST_LINES);
    }

    BufferedLines(WorkerOutput reader, int lines) {
        this.reader = reader;
        this.queue = new ArrayBlockingQueue<>(lines);
        this.thread = new Thread(this::pass, "ncluster-output");
        thread.setDaemon(true);
        thread.start();
    }

    private sealed interface Item {}

    private record Line(WorkerId worker, Stream stream, String text) implements Item {}

    private record Mark(CompletableFuture<Void> passed) implements Item {}

    private record End() implements Item {}

    /** Never blocks. */
    @Override
    public void line(WorkerId worker, Stream stream, String text) {
        if (characters.addAndGet(text.length()) > MOST_CHARACTERS || !queue.offer(new Line(worker, stream, text))) {
            characters.addAndGet(-text.length());
            synchronized (dropped) {
                dropped.merge(worker, 1L, Long::sum);
            }
        }
    }

    /** Completed when the reader has got everything that is here now; at once if there is no room to ask. */
    public CompletionStage<Void> passed() {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        if (ended || !queue.offer(new Mark(passed)) || ended) {
            // The second look: the thread may have emptied the queue for the last time before our mark was in it.
            passed.complete(null);
        }
        return passed;
    }

    private void pass() {
        try {
            for (Item item = queue.take(); !givenUp && !(item instanceof End); item = queue.take()) {
                if (item instanceof Line line) {
                    characters.addAndGet(-line.text.length());
                    reader.line(line.worker, line.stream, line.text);
                    tellDropped();
                } else if (item instanceof Mark mark) {
                    mark.passed.complete(null);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
            for (Item item = queue.poll(); item != null; item = queue.poll()) {
                if (item instanceof Mark mark) {
                    mark.passed.complete(null);
                }
            }
        }
    }

    private void tellDropped() {
        Map<WorkerId, Long> told;
        synchronized (dropped) {
            if (dropped.isEmpty()) {
                return;
            }
            told = Map.copyOf(dropped);
            dropped.clear();
        }
        told.forEach((worker, lines) -> reader.line(
                worker,
                Stream.ERR,
                "(" + lines + " lines of worker " + worker + " were dropped: their reader was too slow)"));
    }

    /** What is here is passed on, then the thread ends. Does not wait. */
    @Override
    public void close() {
        if (!queue.offer(new End())) {
            // The reader has stopped, and nobody waits for it; it may take the interrupt for itself.
            givenUp = true;
            thread.interrupt();
        }
    }
}
