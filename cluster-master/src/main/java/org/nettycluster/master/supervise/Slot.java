package org.nettycluster.master.supervise;

import org.nettycluster.protocol.WorkerId;

/** One seat of a fleet: its state, and the generation that counts its occupants. Pure; owned by {@link Fleet}. */
final class Slot {
    /** What a seat is doing. */
    enum State {
        /** Its process runs but cannot serve yet. */
        STARTING,
        /** Its process serves. */
        READY,
        /** Its process has ended; the next one waits for the back-off. */
        BACKING_OFF,
        /** Its process is asked to finish, or has ended for good. */
        STOPPING
    }

    private final int number;
    private int generation;
    private State state = State.BACKING_OFF;

    Slot(int number) {
        this.number = number;
    }

    State state() {
        return state;
    }

    WorkerId occupant() {
        return new WorkerId(number, generation);
    }

    /** The next occupant sits down. */
    WorkerId next() {
        generation++;
        state = State.STARTING;
        return occupant();
    }

    void ready() {
        if (state == State.STARTING) {
            state = State.READY;
        }
    }

    void ended() {
        if (state != State.STOPPING) {
            state = State.BACKING_OFF;
        }
    }

    void stop() {
        state = State.STOPPING;
    }
}
