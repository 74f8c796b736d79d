package org.nettycluster.master;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;

/** Ends a process that has had its time: SIGTERM now, SIGKILL after the grace. On the supervisor's thread. */
record Insistence(WorkerProcess worker, SupervisorThread thread, Duration grace) implements Runnable {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Insistence.class);

    @Override
    public void run() {
        if (!worker.isDead()) {
            worker.kill(false);
            thread.schedule(grace, this::force);
        }
    }

    private void force() {
        if (!worker.isDead()) {
            LOGGER.warn("{} ignores SIGTERM for {} s: killing it", worker, grace.toSeconds());
            worker.kill(true);
        }
    }
}
