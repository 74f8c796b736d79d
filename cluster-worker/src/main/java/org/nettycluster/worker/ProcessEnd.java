package org.nettycluster.worker;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ends this process when its master is gone: a worker that nobody supervises must not live on. Each step runs on a thread
 * of its own, since an exit runs shutdown hooks, which wait for event loops.
 */
final class ProcessEnd {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ProcessEnd.class);
    private static final Duration CLOSING = Duration.ofSeconds(1);

    private ProcessEnd() {}

    /** The last resort: whatever hangs, the process is gone after this time. */
    static void haltAfter(Duration time) {
        Thread thread = new Thread(
                () -> {
                    if (sleep(time)) {
                        LOGGER.error("this orphan has not ended within {} ms: halting it", time.toMillis());
                        Runtime.getRuntime().halt(ClusterWorker.MASTER_LOST_EXIT_CODE);
                    }
                },
                "ncluster-orphan-halt");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits for the server channels to close, then for the program to end by itself, then exits. A program that ends in time
     * gets the same exit code.
     */
    static void exitAfter(List<ClusterServerChannel> servers, Duration grace) {
        lastThread(
                        () -> {
                            try {
                                awaitClosed(servers);
                                awaitProgram(grace);
                            } catch (InterruptedException e) {
                                LOGGER.debug("told not to wait", e);
                            }
                            System.exit(ClusterWorker.MASTER_LOST_EXIT_CODE);
                        },
                        "ncluster-orphan-exit")
                .start();
    }

    /**
     * A thread without which the JVM does not end. Said outright: a thread is a daemon if the one that makes it is, as the
     * control loop is, and then a program whose own threads have ended would be gone with exit code 0 before it exits.
     */
    static Thread lastThread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(false);
        return thread;
    }

    private static void awaitClosed(List<ClusterServerChannel> servers) throws InterruptedException {
        long end = System.nanoTime() + CLOSING.toNanos();
        for (ClusterServerChannel server : servers) {
            server.closeFuture().await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    /** Until no other thread keeps the JVM alive. */
    private static void awaitProgram(Duration grace) throws InterruptedException {
        long end = System.nanoTime() + grace.toNanos();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (millis > 0 && keepsAlive(thread)) {
                thread.join(millis);
            }
        }
    }

    // DestroyJavaVM is what waits for all others once main has returned.
    private static boolean keepsAlive(Thread thread) {
        return !thread.isDaemon() && thread != Thread.currentThread() && !"DestroyJavaVM".equals(thread.getName());
    }

    private static boolean sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
