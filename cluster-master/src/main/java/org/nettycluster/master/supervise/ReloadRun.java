package org.nettycluster.master.supervise;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerId;

/**
 * A reload on its way: starts new workers beside the old ones, gives them the seats, and sees the old ones off. The first
 * failure ends it. On the supervisor's thread.
 */
final class ReloadRun implements Change {
    private final String what;
    private final Fleet fleet;
    private final Seats seats;
    private final Reload reload;
    private final int release;
    private final Duration readyTimeout;
    private final Duration bake;
    private final Consumer<ChangeResult> result;
    private final Map<Place, Integer> leaving = new HashMap<>();
    private final long since;
    private int forced;
    private boolean ended;

    ReloadRun(
            String what,
            Fleet fleet,
            Seats seats,
            Reload reload,
            int release,
            Duration readyTimeout,
            Duration bake,
            Consumer<ChangeResult> result) {
        this.what = what;
        this.fleet = fleet;
        this.seats = seats;
        this.reload = reload;
        this.release = release;
        this.readyTimeout = readyTimeout;
        this.bake = bake;
        this.result = result;
        this.since = seats.now();
    }

    @Override
    public String what() {
        return what;
    }

    @Override
    public long since() {
        return since;
    }

    void goOn() {
        if (ended) {
            return;
        }
        reload.begin().forEach(number -> startBeside(fleet.slot(number)));
        if (reload.isDone()) {
            end(null, null);
        }
    }

    private void startBeside(Slot slot) {
        Place place = new Place(release, seats.now());
        slot.coming(place);
        fleet.apply(slot, place, SlotEvent.DUE);
        WorkerId worker = place.someone();
        seats.progress(slot.number(), occupant(slot), worker, ReloadStep.STARTING);
        seats.after(readyTimeout, () -> {
            if (!ended && place == slot.coming() && place.isStill(SlotState.STARTING, worker)) {
                fail(slot, place, "worker " + worker + " was not ready within " + Fleet.text(readyTimeout));
            }
        });
    }

    @Override
    public void ready(Slot slot, Place place) {
        if (place != slot.coming()) {
            return;
        }
        WorkerId worker = place.someone();
        seats.progress(slot.number(), occupant(slot), worker, ReloadStep.READY);
        if (!reload.bakes()) {
            take(slot, place);
            return;
        }
        seats.progress(slot.number(), occupant(slot), worker, ReloadStep.BAKING);
        seats.after(bake, () -> {
            if (!ended && place == slot.coming()) {
                take(slot, place);
            }
        });
    }

    private void take(Slot slot, Place place) {
        WorkerId before = occupant(slot);
        Place old = slot.succeed(place);
        reload.seated(slot.number());
        if (before != null) {
            leaving.put(old, slot.number());
            seats.progress(slot.number(), before, place.someone(), ReloadStep.DRAINING);
            fleet.apply(slot, old, SlotEvent.DRAIN);
        } else {
            fleet.apply(slot, old, SlotEvent.DRAIN);
            gone(slot);
        }
    }

    @Override
    public void left(Slot slot, Place place) {
        if (leaving.remove(place) != null) {
            gone(slot);
        }
    }

    private void gone(Slot slot) {
        reload.left(slot.number());
        seats.progress(slot.number(), null, slot.seat().someone(), ReloadStep.DONE);
        goOn();
    }

    /** It came to take a seat, or has one already and will have a successor there; but no other shall follow it. */
    @Override
    public boolean crashed(Slot slot, Place place, String why) {
        if (place.release() == release) {
            fail(slot, place, why);
        }
        return false;
    }

    @Override
    public void forced(Place place, int connections) {
        if (leaving.containsKey(place)) {
            forced += connections;
        }
    }

    private void fail(Slot slot, Place place, String why) {
        WorkerId worker = place.someone();
        seats.progress(slot.number(), place == slot.seat() ? null : occupant(slot), worker, ReloadStep.FAILED);
        fleet.slots().forEach(this::dismiss);
        end(why, worker);
    }

    private void dismiss(Slot slot) {
        Place coming = slot.coming();
        if (coming != null) {
            slot.dismiss(coming);
            if (coming.hasProcess()) {
                // One that bakes has taken connections.
                fleet.apply(slot, coming, coming.state() == SlotState.STARTING ? SlotEvent.STOP : SlotEvent.DRAIN);
            }
        }
    }

    @Override
    public void abort(String why) {
        end(why, null);
    }

    private void end(@Nullable String failure, @Nullable WorkerId failed) {
        if (!ended) {
            ended = true;
            fleet.ended(this);
            result.accept(new ChangeResult(failure, failed, forced));
        }
    }

    private static @Nullable WorkerId occupant(Slot slot) {
        return slot.seat().hasProcess() ? slot.seat().worker() : null;
    }
}
