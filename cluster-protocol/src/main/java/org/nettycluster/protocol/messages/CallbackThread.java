package org.nettycluster.protocol.messages;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A daemon thread for callbacks of the program, there only while there is something to do. It survives what they throw.
 * Its queue has no bound of its own: whoever adds to it has taken {@link Room} before.
 */
final class CallbackThread implements AutoCloseable {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(CallbackThread.class);
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final String name;
    private final ThreadPoolExecutor executor;

    CallbackThread(String name) {
        this.name = name;
        executor = new ThreadPoolExecutor(
                1, 1, IDLE.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /** False if it was closed. */
    boolean execute(Runnable task) {
        try {
            executor.execute(() -> carryOut(task));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    @SuppressWarnings("CatchingUnchecked") // Whatever a handler throws, the next one is not its business.
    private void carryOut(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOGGER.warn("a callback on {} failed", name, e);
        }
    }

    /** What is queued is still carried out. Does not wait. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
