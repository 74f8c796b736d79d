package org.nettycluster.master;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that owns processes and tells events. It survives whatever a task throws: a listener that fails must not
 * leave a cluster without its supervisor. Thread safe.
 */
final class SupervisorThread {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(SupervisorThread.class);

    private final ScheduledThreadPoolExecutor executor;
    private volatile @Nullable Thread thread;

    SupervisorThread() {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, "ncluster-supervisor");
            created.setDaemon(true);
            thread = created;
            return created;
        });
        executor.setRemoveOnCancelPolicy(true);
        // Deadlines of processes that have ended would keep the thread for seconds after the cluster.
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Tasks without a delay are carried out in the order in which they were posted. */
    void post(Runnable task) {
        schedule(Duration.ZERO, task);
    }

    void schedule(Duration delay, Runnable task) {
        if (!trySchedule(delay, task)) {
            LOGGER.debug("the supervisor has ended: a late task is dropped");
        }
    }

    /** False if the supervisor has ended. */
    boolean tryPost(Runnable task) {
        return trySchedule(Duration.ZERO, task);
    }

    private boolean trySchedule(Duration delay, Runnable task) {
        try {
            executor.schedule(() -> carryOut(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    @SuppressWarnings("CatchingUnchecked") // Whatever it is, it is logged, and the next task is not its business.
    private static void carryOut(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOGGER.error("the supervisor failed at a task, and goes on", e);
        }
    }

    /**
     * Waits for the answer.
     *
     * @throws IllegalStateException if the supervisor has ended, or this thread is interrupted
     */
    <T> T ask(Callable<T> task) {
        try {
            // A listener of events that forks is on this thread already.
            return isCurrent() ? task.call() : executor.submit(task).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the supervisor was asked", e);
        } catch (RejectedExecutionException | CancellationException e) {
            throw new IllegalStateException("the cluster has stopped", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("the supervisor failed: " + e.getCause(), e.getCause());
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the supervisor failed: " + e, e);
        }
    }

    /** Ends the thread when what it is doing is done; timers that have not fired never will. */
    void close() {
        executor.shutdown();
    }
}
