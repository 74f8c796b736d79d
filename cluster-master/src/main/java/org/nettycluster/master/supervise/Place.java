package org.nettycluster.master.supervise;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerId;

/** A place for one process: the seat of a slot, or one beside it during a change. Pure; owned by {@link Fleet}. */
final class Place {
    private final int release;
    private SlotState state = SlotState.BACKING_OFF;
    private @Nullable WorkerId worker;
    private long since;
    private long readySince;
    private boolean late;
    private boolean gone;

    Place(int release, long now) {
        this.release = release;
        this.since = now;
    }

    /** Which copy of the program its processes run. */
    int release() {
        return release;
    }

    SlotState state() {
        return state;
    }

    /** Who sits here, or did last. */
    @Nullable
    WorkerId worker() {
        return worker;
    }

    /** The same, where somebody must have been. */
    WorkerId someone() {
        if (worker == null) {
            throw new IllegalStateException("nobody was ever started here");
        }
        return worker;
    }

    boolean isOf(WorkerId id) {
        return id.equals(worker) && hasProcess();
    }

    boolean hasProcess() {
        return !gone && state != SlotState.BACKING_OFF && state != SlotState.GAVE_UP;
    }

    /** Whether it is in this state and not forgotten: asked by timers, which come when all may have changed. */
    boolean isStill(SlotState then, @Nullable WorkerId who) {
        return !gone && state == then && Objects.equals(worker, who);
    }

    void leave() {
        gone = true;
    }

    long since() {
        return since;
    }

    /** When its worker became ready. Means something in {@link SlotState#READY} alone. */
    long readySince() {
        return readySince;
    }

    /** Whether its process has used up its time to be ready. */
    boolean isLate() {
        return late;
    }

    void late() {
        late = true;
    }

    void seat(WorkerId next) {
        worker = next;
        late = false;
    }

    void become(SlotState next, long now) {
        if (next != state) {
            state = next;
            since = now;
            if (next == SlotState.READY) {
                readySince = now;
            }
        }
    }

    @Override
    public String toString() {
        return state + " " + worker;
    }
}
