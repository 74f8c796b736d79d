package org.nettycluster.master.supervise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerId;

/**
 * Keeps N seats occupied: starts a worker in each, a successor for one that has crashed, and carries out one change at a
 * time. Pure: processes, timers and the clock are the {@link Seats}' business. On the supervisor's thread.
 *
 * <p>A fleet none of whose workers was ever ready does not try again: a program that cannot start is its user's to mend.
 */
public final class Fleet {
    private final FleetPlan plan;
    private final Seats seats;
    private final List<Slot> slots = new ArrayList<>();
    /** Of slots that are no more: a worker's name is never used again. */
    private final Map<Integer, Integer> generations = new HashMap<>();

    private @Nullable Change change;
    private int release = 1;
    private int lastRelease = 1;
    private boolean everReady;
    private boolean announced;
    private boolean stopping;

    /** @param seats carries out what is decided here */
    public Fleet(FleetPlan plan, Seats seats) {
        this.plan = plan;
        this.seats = seats;
        for (int number = 1; number <= plan.size(); number++) {
            addSlot(number);
        }
    }

    /** Occupies every seat. */
    public void start() {
        List.copyOf(slots).forEach(slot -> apply(slot, slot.seat(), SlotEvent.DUE));
    }

    /** The worker can serve. */
    public void ready(WorkerId worker) {
        find(worker, (slot, place) -> {
            boolean news = place.state() == SlotState.STARTING;
            apply(slot, place, SlotEvent.READY);
            if (!news) {
                return;
            }
            everReady = true;
            if (change != null) {
                change.ready(slot, place);
            }
            announceIfComplete();
        });
    }

    private void announceIfComplete() {
        List<Slot> members = slots();
        if (!announced
                && !stopping
                && !members.isEmpty()
                && members.stream().allMatch(each -> each.seat().state() == SlotState.READY)) {
            announced = true;
            seats.allReady();
        }
    }

    /** The worker has ended its connections, so many of them by force; or was to have done so by now. */
    public void drained(WorkerId worker, int forced) {
        find(worker, (slot, place) -> {
            if (place.state() == SlotState.DRAINING || place.state() == SlotState.STOPPING) {
                if (change != null && forced > 0) {
                    change.forced(place, forced);
                }
                apply(slot, place, SlotEvent.DRAINED);
            }
        });
    }

    /** The worker's process has ended. */
    public void exited(WorkerId worker, WorkerExit exit) {
        find(worker, (slot, place) -> {
            slot.lastExit(exit);
            boolean unasked = place.state() == SlotState.STARTING || place.state() == SlotState.READY;
            if (unasked && !stopping) {
                crashed(slot, place, exit);
                return;
            }
            apply(slot, place, SlotEvent.LEFT);
            if (change != null) {
                change.left(slot, place);
            }
        });
    }

    private void crashed(Slot slot, Place place, WorkerExit exit) {
        String why = place.isLate()
                ? "worker " + place.worker() + " was not ready within " + text(plan.readyTimeout())
                : "worker " + place.worker() + " ended with " + exit
                        + (place.state() == SlotState.STARTING ? " before it was ready" : "");
        if (!everReady && place == slot.seat()) {
            stopping = true;
            apply(slot, place, SlotEvent.LEFT);
            seats.cannotStart(place.someone(), why);
            return;
        }
        if (place == slot.seat()) {
            slot.crashed();
            if (change == null || !change.crashed(slot, place, why)) {
                long now = seats.now();
                apply(slot, place, slot.breaker().crashed(now) ? SlotEvent.BROKE : SlotEvent.CRASHED);
                return;
            }
            apply(slot, place, SlotEvent.LEFT);
        } else {
            apply(slot, place, SlotEvent.LEFT);
            if (change != null) {
                change.crashed(slot, place, why);
            }
        }
    }

    /** No more starts. Who runs goes on until {@link #drainAll}. */
    public void stop() {
        stopping = true;
        if (change != null) {
            change.abort("the cluster is stopping");
        }
    }

    /** Everybody drains. */
    public void drainAll() {
        stop();
        for (Slot slot : List.copyOf(slots)) {
            slot.places().toList().forEach(place -> apply(slot, place, SlotEvent.DRAIN));
        }
    }

    /**
     * Replaces everybody by a new release.
     *
     * @param bake 0 for none
     * @param result told of the end
     * @return why not, null if it has begun
     */
    public @Nullable String reload(int maxSurge, Duration readyTimeout, Duration bake, Consumer<ChangeResult> result) {
        List<Integer> all = slots().stream().map(Slot::number).toList();
        int next = lastRelease + 1;
        return replace("reload", all, maxSurge, readyTimeout, bake, end -> {
            if (end.failure() == null) {
                release = next;
            }
            result.accept(end);
        });
    }

    /**
     * Replaces the worker of one slot by a new release; as {@link #reload}.
     *
     * @throws IllegalArgumentException if there is no such slot
     */
    public @Nullable String restart(int number, Consumer<ChangeResult> result) {
        slot(number);
        Duration limit = plan.readyTimeout().isZero() ? Duration.ofSeconds(60) : plan.readyTimeout();
        return replace("restart of slot " + number, List.of(number), 1, limit, Duration.ZERO, result);
    }

    private @Nullable String replace(
            String what,
            List<Integer> numbers,
            int maxSurge,
            Duration readyTimeout,
            Duration bake,
            Consumer<ChangeResult> result) {
        String refusal = refusal();
        if (refusal == null) {
            Reload reload = new Reload(numbers, maxSurge, !bake.isZero());
            ReloadRun run = new ReloadRun(what, this, seats, reload, ++lastRelease, readyTimeout, bake, result);
            change = run;
            run.goOn();
        }
        return refusal;
    }

    /** Changes the number of slots; as {@link #reload}. */
    public @Nullable String scale(int size, Consumer<ChangeResult> result) {
        String refusal = refusal();
        if (refusal == null) {
            ScaleRun run = new ScaleRun(this, seats, size, result);
            change = run;
            run.begin();
        }
        return refusal;
    }

    private @Nullable String refusal() {
        if (stopping) {
            return "the cluster is stopping";
        }
        if (change != null) {
            return "a " + change.what() + " is in progress";
        }
        return everReady ? null : "no worker was ready yet: the fleet is starting";
    }

    /** How it is now. */
    public FleetView view() {
        return FleetView.of(slots, change);
    }

    /** Releases that somebody runs or may be started with. */
    public Set<Integer> releases() {
        Set<Integer> used = new TreeSet<>(Set.of(release));
        slots.forEach(slot -> slot.places().forEach(place -> used.add(place.release())));
        if (change instanceof ReloadRun) {
            used.add(lastRelease);
        }
        return used;
    }

    /** Those that somebody shall sit in. */
    List<Slot> slots() {
        return slots.stream().filter(Slot::isMember).toList();
    }

    Slot slot(int number) {
        List<Slot> members = slots();
        return members.stream()
                .filter(slot -> slot.number() == number)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no slot " + number + ": the fleet has 1 to " + members.size()));
    }

    Slot addSlot(int number) {
        for (Slot slot : slots) {
            if (slot.number() == number) {
                slot.reopen(new Place(release, seats.now()));
                return slot;
            }
        }
        Slot slot = new Slot(
                number,
                generations.getOrDefault(number, 0),
                new Place(release, seats.now()),
                plan.backOff(),
                plan.newBreaker());
        slots.add(slot);
        slots.sort(Comparator.comparingInt(Slot::number));
        return slot;
    }

    void ended(Change done) {
        if (change == done) {
            change = null;
            // A fleet that has lost the slot that was never ready is complete.
            announceIfComplete();
        }
    }

    /** One event of one place: looks it up, and does what the table says. */
    void apply(Slot slot, Place place, SlotEvent event) {
        Duration ready =
                place.state() == SlotState.READY ? Duration.ofNanos(seats.now() - place.readySince()) : Duration.ZERO;
        SlotMachine.Step step = SlotMachine.step(place.state(), event);
        if (step.next() == null) {
            place.leave();
        } else {
            place.become(step.next(), seats.now());
        }
        switch (step.action()) {
            case NONE -> {}
            case START -> occupy(slot, place);
            case DRAIN -> seats.drain(place.someone());
            case END -> seats.end(place.someone());
            case WAIT -> backOff(slot, place, ready);
            case GIVE_UP ->
                seats.gaveUp(slot.number(), lastExit(slot), slot.breaker().count());
            case FORGET -> forget(slot, place);
        }
    }

    private void occupy(Slot slot, Place place) {
        WorkerId worker = slot.nextWorker();
        place.seat(worker);
        seats.start(worker, place.release());
        if (place == slot.seat() && !plan.readyTimeout().isZero()) {
            seats.after(plan.readyTimeout(), () -> {
                if (!stopping && place.isStill(SlotState.STARTING, worker)) {
                    place.late();
                    apply(slot, place, SlotEvent.LATE);
                }
            });
        }
    }

    private void backOff(Slot slot, Place place, Duration ready) {
        WorkerId last = place.someone();
        Duration delay = slot.backOff().afterCrash(ready);
        seats.restarting(slot.number(), lastExit(slot), delay);
        seats.after(delay, () -> {
            if (!stopping && place == slot.seat() && place.isStill(SlotState.BACKING_OFF, last)) {
                apply(slot, place, SlotEvent.DUE);
            }
        });
    }

    private void forget(Slot slot, Place place) {
        slot.forget(place);
        if (slot.isEmpty()) {
            generations.put(slot.number(), slot.generation());
            slots.remove(slot);
        }
    }

    private interface Visit {
        void accept(Slot slot, Place place);
    }

    private void find(WorkerId worker, Visit visit) {
        for (Slot slot : List.copyOf(slots)) {
            Stream<Place> places = slot.places().filter(place -> place.isOf(worker));
            places.findFirst().ifPresent(place -> visit.accept(slot, place));
        }
    }

    private static WorkerExit lastExit(Slot slot) {
        WorkerExit exit = slot.lastExit();
        return exit == null ? WorkerExit.of(0) : exit;
    }

    static String text(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
