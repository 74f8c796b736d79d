package org.nettycluster.master.dispatch;

import java.util.Iterator;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.ClaimWord;

/** What must hold after each step of the model; what must hold at one moment only is checked where it happens. */
final class Invariants {
    private final HandoffModel model;

    Invariants(HandoffModel model) {
        this.model = model;
    }

    void check() {
        model.looking = true;
        int inSlots = locate();
        int waiting = 0;
        for (Iterator<SimConnection> all = model.live.iterator(); all.hasNext(); ) {
            SimConnection connection = all.next();
            waiting += connection.isWaiting() ? 1 : 0;
            checkOwner(connection);
            if (connection.open == 0) {
                all.remove();
            }
        }
        HandoffCounters counters = model.dispatcher.counters();
        if (counters.waiting() != waiting) {
            throw new Violation("the master says that " + counters.waiting() + " wait, " + waiting + " do");
        }
        if (counters.accepted() != counters.claimed() + counters.abandoned() + waiting + inSlots) {
            throw new Violation("accepted is not claimed + abandoned + waiting + " + inSlots + " offered: " + counters);
        }
        if (!model.anyTainted && counters.abandoned() != model.abandoned) {
            throw new Violation(model.abandoned + " were closed on purpose, not " + counters.abandoned());
        }
        if (model.masked
                && !model.closed
                && model.timerAt == Long.MAX_VALUE
                && waiting > 0
                && anyOpen()
                // Then it waits for the end of a connection, which rings.
                && model.limit.limits().perWorker() == 0
                && !model.off(Rule.RETRY_TIMER)) {
            throw new Violation(waiting + " wait without a timer");
        }
        checkRescue();
        model.looking = false;
    }

    private boolean anyOpen() {
        return !model.dispatcher.lanes().isEmpty();
    }

    private boolean somebodyHasAPlace() {
        model.looking = true;
        boolean place = false;
        for (SimLane each : model.lanes) {
            place |= each.worksBothWays()
                    && !each.dead
                    && !each.tainted
                    && each.lane.healthy(model.now, HandoffModel.PROMPT)
                    && each.lane.freeCells() > 0;
        }
        model.looking = false;
        return place;
    }

    /** Counts for each connection the slots it is in. */
    int locate() {
        for (SimConnection connection : model.live) {
            connection.slots = 0;
        }
        int inSlots = 0;
        for (SimLane lane : model.lanes) {
            if (lane.lane.isEnded()) {
                continue;
            }
            for (Slot slot : lane.lane.slots()) {
                if (slot.connection != null) {
                    model.connection(slot.connection.fd()).slots++;
                    inSlots++;
                }
            }
        }
        return inSlots;
    }

    private static void checkOwner(SimConnection connection) {
        if (connection.slots > 1) {
            throw new Violation(connection + " is in " + connection.slots + " slots");
        }
        if (connection.tainted) {
            return;
        }
        if (connection.slots == 1 && !connection.dup.isOpen()) {
            throw new Violation(connection + " is in a slot, but its dup is closed");
        }
        if (connection.claims > 0 && connection.isWaiting()) {
            throw new Violation(connection + " was claimed and is about to be offered again");
        }
    }

    /** While a prompt lane exists, nobody waits much longer than the rescue time on a lane that does not claim. */
    private void checkRescue() {
        long now = model.now;
        for (SimLane lane : model.lanes) {
            boolean prompt = now >= model.starvedUntil
                    && !lane.stalled
                    && lane.lane.healthy(now, HandoffModel.PROMPT)
                    && lane.lane.freeCells() > 0;
            lane.promptSince = prompt ? Math.min(lane.promptSince, now) : Long.MAX_VALUE;
        }
        if (model.off(Rule.RETRY_TIMER)) {
            return;
        }
        for (SimLane lane : model.lanes) {
            for (Slot slot : lane.lane.slots()) {
                if (slot.connection == null || !isUnclaimed(lane, slot)) {
                    continue;
                }
                long patience = model.patience(lane.lane) << Math.min(slot.connection.revocations(), 20);
                if (now - slot.offeredAt > patience + HandoffModel.PROMPT && promptBeside(lane)) {
                    throw new Violation(slot.connection + " waits on " + lane + " for " + (now - slot.offeredAt)
                            + " ns although another lane is prompt");
                }
            }
        }
    }

    private static boolean isUnclaimed(SimLane lane, Slot slot) {
        return slot.state.offered()
                && lane.page.word(lane.page.cellOf(slot.sequence)) == ClaimWord.of(slot.sequence, slot.state);
    }

    private boolean promptBeside(SimLane lane) {
        for (SimLane other : model.lanes) {
            if (other != lane
                    && other.promptSince != Long.MAX_VALUE
                    && model.now - other.promptSince > HandoffModel.PROMPT) {
                return true;
            }
        }
        return false;
    }

    /** Nobody can do anything until time passes, and no worker stalls: then the master has seen all it waits for. */
    void checkNothingUnseen() {
        boolean waits = model.masked || model.dispatcher.hasWaiting();
        if (model.closed) {
            return;
        }
        boolean wantsAPlace = model.dispatcher.hasWaiting() || (model.masked && !model.limit.full());
        if (model.limit.limits().any() && wantsAPlace && model.timerAt == Long.MAX_VALUE && somebodyHasAPlace()) {
            throw new Violation("a connection has ended and rang nobody: the master sleeps and there is a place");
        }
        for (SimLane lane : model.lanes) {
            if (!lane.worksBothWays() || lane.tainted || lane.dead) {
                continue;
            }
            if (model.unseenWants == lane.worker) {
                throw new Violation("a change of wants of " + lane + " rang nobody");
            }
            for (Slot slot : lane.lane.slots()) {
                long word = lane.page.word(lane.page.cellOf(slot.sequence));
                boolean news = !slot.isEmpty() && word != ClaimWord.of(slot.sequence, slot.state);
                if (news && (waits || ClaimWord.state(word) != ClaimState.CLAIMED)) {
                    throw new Violation("nobody rings: the master sleeps and does not know that " + lane + " says "
                            + ClaimWord.describe(word));
                }
            }
        }
    }
}
