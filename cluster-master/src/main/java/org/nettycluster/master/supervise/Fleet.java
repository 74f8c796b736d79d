package org.nettycluster.master.supervise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nettycluster.protocol.WorkerId;

/**
 * Keeps N seats occupied: starts a worker in each, and a successor for one that has ended. Pure: processes and timers
 * are the {@link Seats}' business. On the supervisor's thread.
 *
 * <p>A fleet none of whose workers was ever ready does not try again: a program that cannot start is its user's to mend.
 */
public final class Fleet {
    private final Seats seats;
    private final Duration restartDelay;
    private final List<Slot> slots = new ArrayList<>();
    private boolean everReady;
    private boolean announced;
    private boolean stopping;

    /**
     * @param size number of seats, at least 1
     * @param restartDelay between an exit and the successor's start
     * @param seats carries out what is decided here
     */
    public Fleet(int size, Duration restartDelay, Seats seats) {
        this.seats = seats;
        this.restartDelay = restartDelay;
        for (int number = 1; number <= size; number++) {
            slots.add(new Slot(number));
        }
    }

    /** What a fleet needs done, and whom it tells. */
    public interface Seats {
        /** Starts a process for this worker; a failure is reported as its exit. */
        void start(WorkerId worker);

        /** Calls back on the supervisor's thread. */
        void after(Duration delay, Runnable task);

        /** Every seat is ready, for the first time. */
        void allReady();

        /** A worker has ended before any was ever ready: nothing more is started. */
        void cannotStart(WorkerId worker, WorkerExit exit);

        /** A worker has ended and will have a successor. */
        void restarting(WorkerId worker, WorkerExit exit, Duration delay);
    }

    /** Occupies every seat. */
    public void start() {
        slots.forEach(this::occupy);
    }

    /** The worker can serve. */
    public void ready(WorkerId worker) {
        slotOf(worker).ifPresent(slot -> {
            slot.ready();
            everReady = true;
            if (!announced && slots.stream().allMatch(each -> each.state() == Slot.State.READY)) {
                announced = true;
                seats.allReady();
            }
        });
    }

    /** The worker's process has ended. */
    public void exited(WorkerId worker, WorkerExit exit) {
        slotOf(worker).ifPresent(slot -> {
            slot.ended();
            if (stopping) {
                return;
            }
            if (!everReady) {
                stopping = true;
                slots.forEach(Slot::stop);
                seats.cannotStart(worker, exit);
                return;
            }
            seats.restarting(worker, exit, restartDelay);
            seats.after(restartDelay, () -> {
                if (!stopping && slot.state() == Slot.State.BACKING_OFF) {
                    occupy(slot);
                }
            });
        });
    }

    /** No more successors. */
    public void stop() {
        stopping = true;
        slots.forEach(Slot::stop);
    }

    private void occupy(Slot slot) {
        seats.start(slot.next());
    }

    private Optional<Slot> slotOf(WorkerId worker) {
        return slots.stream().filter(slot -> slot.occupant().equals(worker)).findFirst();
    }
}
