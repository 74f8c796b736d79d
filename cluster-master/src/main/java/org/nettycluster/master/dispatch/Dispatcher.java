package org.nettycluster.master.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntSupplier;
import org.nettycluster.master.schedule.Arrival;
import org.nettycluster.master.schedule.Scheduler;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.ClaimWord;

/**
 * Decides for one listener which lane gets which connection, and takes back what a lane cannot serve: the hand-off
 * contract, seen from the master.
 *
 * <p>Not thread safe: everything is called on the master's loop. It owns every {@link AcceptedConnection} that was
 * placed, until a worker has claimed it. Time is nanoseconds of any monotonic clock, and always an argument.
 *
 * <p>There is no queue for new connections: {@link #ready} says whether one more may be accepted. Only what came back
 * (refused, revoked, orphaned) waits here, in order of acceptance, and is never bounded away.
 */
public final class Dispatcher {
    private final long promptWithin;
    private final long refusalPause;
    private final Capacity capacity;

    private final List<Lane> lanes = new ArrayList<>();
    private final LaneChoice choice;
    private final PriorityQueue<AcceptedConnection> returned = new PriorityQueue<>();
    private final Departure departure;
    private final IntSupplier inHand = returned::size;

    private long accepted;
    private long claimed;
    private long refused;
    private long revoked;
    private long abandoned;

    /**
     * @param scheduler chooses among healthy lanes; keeps to its contract, or is guarded
     * @param rescueAfter nanoseconds after which an unclaimed offer is taken back if a prompt lane exists; doubles with
     *     each revocation of the same connection
     * @param refusalPause nanoseconds for which a lane that refused is passed over
     * @param capacity shared with the other dispatchers of the same workers
     * @param crowd excuses who is late; of this dispatcher alone, whose clock it goes by
     */
    public Dispatcher(Scheduler scheduler, long rescueAfter, long refusalPause, Capacity capacity, Crowding crowd) {
        this(scheduler, rescueAfter, rescueAfter / 2, LaneChoice.COLD_FOR, refusalPause, capacity, crowd);
    }

    // For models: with other limits, in nanoseconds, for what is prompt, and for how long a listener is cold.
    Dispatcher(
            Scheduler scheduler, long rescue, long prompt, long cold, long refusal, Capacity capacity, Crowding crowd) {
        this.promptWithin = prompt;
        this.choice = new LaneChoice(scheduler, rescue, prompt, cold, crowd, lanes);
        this.departure = new Departure(promptWithin, returned);
        this.refusalPause = refusal;
        this.capacity = capacity;
        capacity.counts(inHand);
    }

    /**
     * Whether one more connection may be accepted now. {@link #run} must have looked at the pages shortly before; who seems
     * late is looked at again, since the last look may be many accepted connections ago.
     */
    public boolean ready(long now) {
        if (!returned.isEmpty() || departure.isStarved(now)) {
            return false;
        }
        for (int i = lanes.size() - 1; i >= 0; i--) {
            Lane lane = lanes.get(i);
            if (lane.hasOffers() && !choice.healthy(lane, now)) {
                sweep(lane, now);
            }
        }
        // The look may have brought something back, which goes first.
        return returned.isEmpty() && !capacity.full() && choice.forNew(now, Arrival.expected(accepted + 1)) != null;
    }

    /** Whether limits of connections keep one more out, and nothing that will pass by itself. */
    public boolean atLimit(long now) {
        return capacity.any() && (capacity.full() || choice.onlyFull(now));
    }

    /** What all dispatchers share. */
    public Capacity capacity() {
        return capacity;
    }

    /**
     * Takes over a connection that was just accepted and gives it a lane and a cell there. It is on its way only after
     * {@link #send}, which the caller owes before it does anything but accept.
     */
    public void place(AcceptedConnection connection, long now) {
        accepted++;
        choice.accepted(now);
        Lane lane = choice.forNew(now, connection.arrival());
        if (lane == null) {
            returned.add(connection);
        } else {
            departure.offer(connection, lane, now);
        }
    }

    /**
     * Sends what was placed, lane by lane: the first message wakes a worker, the others find it awake. What can't be sent
     * is offered to another lane.
     */
    public void send(long now) {
        for (int i = lanes.size() - 1; i >= 0; i--) {
            departure.send(lanes.get(i), now);
        }
        reoffer(now);
    }

    /** A lane has opened. */
    public void laneOpened(Lane lane) {
        capacity.opened(lane);
        choice.joined(lane);
        lanes.add(lane);
    }

    /**
     * A lane has ended: end of file, any error, its process has exited, or the master is about to close it. Takes back
     * by compare-and-set what is unclaimed, and only that: the worker may still be claiming what it has received.
     */
    public void laneEnded(Lane lane) {
        if (lane.isEnded()) {
            return;
        }
        lane.end();
        lanes.remove(lane);
        for (Slot slot : lane.slots()) {
            AcceptedConnection connection = slot.connection;
            if (connection == null) {
                continue;
            }
            if (revoke(lane, slot)) {
                returned.add(connection);
            } else {
                settle(lane, slot, connection);
            }
            slot.clear();
        }
        lane.recount();
        lane.tellLastClaims();
    }

    /**
     * Looks at every page, settles what workers have done, takes back what is stalled and offers again what came back.
     * To be called before accepting, on each ring, when a lane opens or ends, and after {@link #delay}.
     */
    public void run(long now) {
        for (int i = lanes.size() - 1; i >= 0; i--) {
            sweep(lanes.get(i), now);
        }
        reoffer(now);
        rescue(now);
    }

    /**
     * The caller has something to wait for and is about to sleep: asks all workers to ring at their next claim, or where a
     * limit is in the way at the end of a connection, then looks once more, since what came before the bell was armed
     * rings nobody.
     */
    public void runThenArm(long now) {
        run(now);
        if (lanes.isEmpty()) {
            return;
        }
        for (Lane lane : lanes) {
            if (lane.hasOffers()) {
                lane.armBell();
            }
        }
        if (capacity.any()) {
            capacity.armEndBells();
        }
        run(now);
    }

    /**
     * When time alone may change something: the caller calls {@link #run} after so many nanoseconds, unless it did for
     * another reason. An idle dispatcher needs no timer.
     *
     * @param acceptWaits whether the accept loop waits for {@link #ready}
     * @return nanoseconds, more than 0, or {@link Long#MAX_VALUE} for never
     */
    public long delay(long now, boolean acceptWaits) {
        if (lanes.isEmpty()) {
            return Long.MAX_VALUE;
        }
        // What waits for the end of a connection only is told by a ring.
        if (departure.isStarved(now) || (hasWaiting() && !choice.onlyFull(now))) {
            return promptWithin;
        }
        return acceptWaits || hasWaiting()
                ? Math.min(choice.delay(now, true), capacity.lookAgain())
                : choice.delay(now, false);
    }

    /** Whether something that came back waits for a lane. */
    public boolean hasWaiting() {
        return !returned.isEmpty();
    }

    /** Whether an offer is neither claimed nor given back, as of the last {@link #run}. */
    public boolean hasOffers() {
        return lanes.stream().anyMatch(Lane::hasOffers);
    }

    /** The open lanes, in the order in which they opened. */
    public List<Lane> lanes() {
        return List.copyOf(lanes);
    }

    /** The listener is closed for good: whatever came back and found no lane is closed on purpose. */
    public void close() {
        for (Lane lane : List.copyOf(lanes)) {
            laneEnded(lane);
        }
        for (AcceptedConnection connection : returned) {
            connection.abandon();
            abandoned++;
        }
        returned.clear();
        capacity.countsNoMore(inHand);
    }

    /** The counts so far. */
    public HandoffCounters counters() {
        return new HandoffCounters(accepted, departure.sent(), claimed, refused, revoked, abandoned, returned.size());
    }

    private void sweep(Lane lane, long now) {
        // A broken worker could claim what it was not sent yet: its number would be closed, and sent later.
        departure.send(lane, now);
        boolean claims = false;
        for (Slot slot : lane.slots()) {
            if (slot.isEmpty()) {
                continue;
            }
            long word = lane.cells().word(slot.sequence);
            AcceptedConnection connection = slot.connection;
            if (connection == null) {
                if (word == ClaimWord.of(slot.sequence, ClaimState.RETURNED)) {
                    slot.clear();
                } else if (word != ClaimWord.of(slot.sequence, ClaimState.REVOKED)) {
                    broken(lane, slot, word);
                    return;
                }
            } else if (word != ClaimWord.of(slot.sequence, slot.state)) {
                if (word == ClaimWord.of(slot.sequence, ClaimState.REFUSED)) {
                    lane.passOver(now + refusalPause);
                } else if (word != ClaimWord.of(slot.sequence, ClaimState.CLAIMED)) {
                    broken(lane, slot, word);
                    return;
                }
                settle(lane, slot, connection);
                if (word == ClaimWord.of(slot.sequence, ClaimState.CLAIMED)) {
                    lane.sawClaim(slot, now);
                    claims = true;
                }
                slot.clear();
            } else {
                slot.lastSeen = now;
            }
        }
        if (claims) {
            lane.bellUsed();
        }
        lane.recount();
    }

    /** What the worker has made of an offer that is no longer ours to take back. */
    private void settle(Lane lane, Slot slot, AcceptedConnection connection) {
        long word = lane.cells().word(slot.sequence);
        if (word == ClaimWord.of(slot.sequence, ClaimState.REFUSED)) {
            refused++;
            lane.gaveBack(slot);
            returned.add(connection);
            return;
        }
        connection.close();
        if (word == ClaimWord.of(slot.sequence, ClaimState.CLAIMED)) {
            claimed++;
            slot.lastClaimed = connection.address();
            lane.claimed();
            lane.cells().settled(slot.sequence);
        } else {
            // A broken worker wrote this. It may or may not serve the connection; we must not offer it twice.
            abandoned++;
        }
    }

    private void broken(Lane lane, Slot slot, long word) {
        String expected = ClaimWord.describe(ClaimWord.of(slot.sequence, slot.state));
        laneEnded(lane);
        lane.port()
                .close("worker " + lane.worker() + " broke the protocol: its claim page says "
                        + ClaimWord.describe(word) + " where the master wrote " + expected);
    }

    private void reoffer(long now) {
        while (!returned.isEmpty() && !departure.isStarved(now)) {
            Lane lane = choice.forOurs(now, returned.element().arrival());
            if (lane == null) {
                return;
            }
            departure.offer(returned.remove(), lane, now);
            departure.send(lane, now);
        }
    }

    private void rescue(long now) {
        for (Lane lane : List.copyOf(lanes)) {
            boolean wants = lane.wants();
            for (Slot slot : lane.slots()) {
                AcceptedConnection connection = slot.connection;
                if (connection == null || (wants && !rescuable(lane, slot, connection, now))) {
                    continue;
                }
                if (revoke(lane, slot)) {
                    slot.connection = null;
                    slot.state = ClaimState.REVOKED;
                    lane.recount();
                    returned.add(connection);
                    reoffer(now);
                }
            }
        }
    }

    private boolean rescuable(Lane lane, Slot slot, AcceptedConnection connection, long now) {
        return choice.overdue(lane, connection, now - slot.offeredAt, now)
                && !departure.isStarved(now)
                && choice.promptBeside(lane, now);
    }

    private boolean revoke(Lane lane, Slot slot) {
        AcceptedConnection connection = slot.connection;
        if (connection == null || !lane.cells().revoke(slot.sequence, slot.state)) {
            return false;
        }
        revoked++;
        lane.gaveBack(slot);
        connection.revoked();
        return true;
    }
}
