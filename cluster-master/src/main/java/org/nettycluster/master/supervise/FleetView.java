package org.nettycluster.master.supervise;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerId;

/**
 * A fleet at one moment. Times are nanoseconds of the {@link Seats}' clock. Immutable.
 *
 * @param slots by number
 * @param change what is being done to it, null for nothing
 * @param changeSince when that began
 */
public record FleetView(List<SlotView> slots, @Nullable String change, long changeSince) {

    /**
     * One slot.
     *
     * @param generation of who has the seat, or had it last; whoever comes beside it has a higher one already
     * @param seat who has it
     * @param beside who comes, and who leaves
     */
    public record SlotView(
            int number,
            int generation,
            PlaceView seat,
            int crashes,
            @Nullable WorkerExit lastExit,
            List<PlaceView> beside) {}

    /**
     * One place for a process.
     *
     * @param worker who is there, null if nobody is
     * @param readySince means something in {@link SlotState#READY} alone
     */
    public record PlaceView(@Nullable WorkerId worker, SlotState state, long since, long readySince) {}

    static FleetView of(List<Slot> slots, @Nullable Change change) {
        return new FleetView(
                slots.stream().map(FleetView::view).toList(),
                change == null ? null : change.what(),
                change == null ? 0 : change.since());
    }

    private static SlotView view(Slot slot) {
        List<PlaceView> beside = new ArrayList<>();
        slot.places().filter(place -> place != slot.seat()).forEach(place -> beside.add(view(place)));
        PlaceView seat = view(slot.seat());
        if (slot.isVacant()) {
            // Whoever sat there has gone, and somebody beside the seat has not.
            seat = new PlaceView(null, seat.state(), seat.since(), seat.readySince());
        }
        WorkerId last = slot.seat().worker();
        int generation = last == null ? slot.generation() : last.generation();
        return new SlotView(slot.number(), generation, seat, slot.crashes(), slot.lastExit(), beside);
    }

    private static PlaceView view(Place place) {
        return new PlaceView(
                place.hasProcess() ? place.worker() : null, place.state(), place.since(), place.readySince());
    }
}
