package org.nettycluster.master.supervise;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerId;

/**
 * What a {@link Fleet} needs done, and whom it tells: processes, timers and the clock are behind it. On the supervisor's
 * thread; nothing here calls the fleet before it has returned.
 */
public interface Seats {
    /** Nanoseconds of any clock that goes forward. */
    long now();

    /** Calls back on the supervisor's thread. */
    void after(Duration delay, Runnable task);

    /**
     * Starts a process for this worker; a failure is reported as its exit.
     *
     * @param release which copy of the program it runs; the highest so far is taken from the disk now
     */
    void start(WorkerId worker, int release);

    /** Asks the worker to finish, and sees to it that it does: its exit follows. */
    void drain(WorkerId worker);

    /** Ends the process, which has served nobody: its exit follows. */
    void end(WorkerId worker);

    /** Nobody will sit in this slot any more. Told before its worker is asked to finish. */
    void vacate(int slot);

    /** Every seat is ready, for the first time. */
    void allReady();

    /** A worker has ended before any was ever ready: nothing more is started. */
    void cannotStart(WorkerId worker, String why);

    /** A worker has crashed and will have a successor. */
    void restarting(int slot, WorkerExit exit, Duration delay);

    /** A worker has crashed too often: so many times within the breaker's time. */
    void gaveUp(int slot, WorkerExit exit, int crashes);

    /** A reload makes its way. */
    void progress(int slot, @Nullable WorkerId from, WorkerId to, ReloadStep step);
}
