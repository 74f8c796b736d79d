package org.nettycluster.master.supervise;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerId;

/**
 * A fleet on its way to another size. Who is added must become ready, all of them, or all go again; who is too many
 * drains. On the supervisor's thread.
 */
final class ScaleRun implements Change {
    private final Fleet fleet;
    private final Seats seats;
    private final int size;
    private final Consumer<ChangeResult> result;
    private final Set<Slot> pending = new LinkedHashSet<>();
    private final long since;
    private boolean grows;
    private boolean ended;
    private int forced;

    ScaleRun(Fleet fleet, Seats seats, int size, Consumer<ChangeResult> result) {
        this.fleet = fleet;
        this.seats = seats;
        this.size = size;
        this.result = result;
        this.since = seats.now();
    }

    @Override
    public String what() {
        return "scale to " + size;
    }

    @Override
    public long since() {
        return since;
    }

    void begin() {
        List<Slot> slots = fleet.slots();
        int highest = slots.isEmpty() ? 0 : slots.get(slots.size() - 1).number();
        grows = size > highest;
        for (int number = highest + 1; number <= size; number++) {
            pending.add(fleet.addSlot(number));
        }
        if (grows) {
            List.copyOf(pending).forEach(slot -> fleet.apply(slot, slot.seat(), SlotEvent.DUE));
        } else {
            slots.stream().filter(slot -> slot.number() > size).forEach(pending::add);
            vacate();
            pending.removeIf(Slot::isVacant);
        }
        endIfDone();
    }

    private void vacate() {
        for (Slot slot : List.copyOf(pending)) {
            seats.vacate(slot.number());
            fleet.apply(
                    slot,
                    slot.seat(),
                    grows && slot.seat().state() == SlotState.STARTING ? SlotEvent.STOP : SlotEvent.DRAIN);
        }
    }

    @Override
    public void ready(Slot slot, Place place) {
        if (grows
                && fleet.slots().stream()
                        .filter(pending::contains)
                        .allMatch(each -> each.seat().state() == SlotState.READY)) {
            pending.clear();
            endIfDone();
        }
    }

    @Override
    public boolean crashed(Slot slot, Place place, String why) {
        if (!grows || !pending.remove(slot)) {
            return false;
        }
        WorkerId failed = place.worker();
        seats.vacate(slot.number());
        vacate();
        end(why, failed);
        return true;
    }

    @Override
    public void left(Slot slot, Place place) {
        if (!grows && place == slot.seat()) {
            pending.remove(slot);
            endIfDone();
        }
    }

    @Override
    public void forced(Place place, int connections) {
        if (pending.stream().anyMatch(slot -> slot.seat() == place)) {
            forced += connections;
        }
    }

    @Override
    public void abort(String why) {
        end(why, null);
    }

    private void endIfDone() {
        if (pending.isEmpty()) {
            end(null, null);
        }
    }

    private void end(@Nullable String failure, @Nullable WorkerId failed) {
        if (!ended) {
            ended = true;
            fleet.ended(this);
            result.accept(new ChangeResult(failure, failed, forced));
        }
    }
}
