package org.nettycluster.master.supervise;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerId;

/**
 * One slot of a fleet: the seat, who comes to take it, who has left it, and what its crashes have led to. The generation
 * counts all who ever came. Pure; owned by {@link Fleet}.
 */
final class Slot {
    private final int number;
    private final BackOff backOff;
    private final Breaker breaker;
    private final List<Place> leaving = new ArrayList<>();
    private Place seat;
    private @Nullable Place coming;
    private int generation;
    private int crashes;
    private @Nullable WorkerExit lastExit;
    private boolean vacant;

    /** @param generation of the last one who was ever here, 0 for nobody */
    Slot(int number, int generation, Place seat, BackOff backOff, Breaker breaker) {
        this.number = number;
        this.generation = generation;
        this.seat = seat;
        this.backOff = backOff;
        this.breaker = breaker;
    }

    int number() {
        return number;
    }

    int generation() {
        return generation;
    }

    WorkerId nextWorker() {
        return new WorkerId(number, ++generation);
    }

    Place seat() {
        return seat;
    }

    @Nullable
    Place coming() {
        return coming;
    }

    void coming(Place place) {
        coming = place;
    }

    List<Place> leaving() {
        return leaving;
    }

    Stream<Place> places() {
        Stream<Place> own = vacant ? Stream.empty() : Stream.of(seat);
        return Stream.concat(Stream.concat(own, Stream.ofNullable(coming)), leaving.stream());
    }

    BackOff backOff() {
        return backOff;
    }

    Breaker breaker() {
        return breaker;
    }

    int crashes() {
        return crashes;
    }

    void crashed() {
        crashes++;
    }

    @Nullable
    WorkerExit lastExit() {
        return lastExit;
    }

    void lastExit(WorkerExit exit) {
        lastExit = exit;
    }

    /** Who comes has the seat; who had it leaves. What crashed before says nothing about the new one. */
    Place succeed(Place successor) {
        Place old = seat;
        seat = successor;
        vacant = false;
        coming = null;
        leaving.add(old);
        backOff.reset();
        breaker.reset();
        return old;
    }

    /** Who comes does not get the seat, and leaves. */
    void dismiss(Place failed) {
        coming = null;
        leaving.add(failed);
    }

    /** A place is gone. */
    void forget(Place place) {
        if (place == seat) {
            vacant = true;
        } else if (coming == place) {
            coming = null;
        } else {
            leaving.remove(place);
        }
    }

    /** Whether nobody shall sit here any more; somebody may still be leaving. */
    boolean isVacant() {
        return vacant;
    }

    boolean isEmpty() {
        return vacant && coming == null && leaving.isEmpty();
    }

    /** Whether somebody shall sit here: nobody does if who has the seat is on the way out. */
    boolean isMember() {
        return !vacant && seat.state() != SlotState.DRAINING && seat.state() != SlotState.STOPPING;
    }

    /** The fleet grows again before the last one has left. */
    void reopen(Place place) {
        if (!vacant) {
            leaving.add(seat);
        }
        seat = place;
        vacant = false;
        backOff.reset();
        breaker.reset();
    }
}
