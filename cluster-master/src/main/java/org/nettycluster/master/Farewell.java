package org.nettycluster.master;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How a worker is made to go: asked to drain, given time, then SIGTERM, then SIGKILL. On the supervisor's thread.
 *
 * @param drainTimeout how long its connections may take
 * @param overdue told of a worker that has not said within that time that it is done
 * @param forget carried out for a worker that somebody else started: it has no process of ours
 */
record Farewell(
        SupervisorThread thread,
        Workforce.Connections connections,
        Duration drainTimeout,
        Consumer<WorkerProcess> overdue,
        Consumer<WorkerProcess> forget) {
    /** A JVM that has said Drained, or has outlived the deadline, has so long to exit by itself; then again to obey. */
    private static final Duration EXIT_GRACE = Duration.ofSeconds(5);

    /** It may end its connections first. */
    void drain(WorkerProcess worker) {
        if (worker.isDead() || !worker.askedToFinish()) {
            return;
        }
        if (connections.drain(worker.id())) {
            after(worker, drainTimeout.plus(EXIT_GRACE));
        } else {
            after(worker, Duration.ZERO);
        }
    }

    /** It has ended its connections. A worker may say so as often as it likes. */
    void drained(WorkerProcess worker) {
        if (worker.drained()) {
            after(worker, EXIT_GRACE);
        }
    }

    /** It has served nobody. */
    void end(WorkerProcess worker) {
        worker.askedToFinish();
        after(worker, Duration.ZERO);
    }

    private void after(WorkerProcess worker, Duration delay) {
        if (worker.pid() < 0) {
            thread.schedule(delay, () -> forget.accept(worker));
            return;
        }
        thread.schedule(delay, () -> {
            if (!worker.isDead()) {
                overdue.accept(worker);
                new Insistence(worker, thread, EXIT_GRACE).run();
            }
        });
    }
}
