package org.nettycluster.master.dispatch;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** No further faults: everything must be served, every cell must come back and every descriptor must be closed. */
final class Finale {
    private static final int MOST_TICKS = 3_000;

    private final HandoffModel model;
    private final Actions actions;

    Finale(HandoffModel model, Actions actions) {
        this.model = model;
        this.actions = actions;
    }

    /** @param oneStalls whether one worker that stalls now, if there is one, does so until all else is served */
    void play(boolean oneStalls) {
        model.trace("--- no more faults");
        model.calm = true;
        for (SimWorker worker : model.workers) {
            if (worker.lane().tainted && !worker.exited) {
                worker.exit(false);
            }
        }
        // One that stalls may hold all connections that a total allows: then everybody waits for it.
        SimWorker held = oneStalls && model.limit.limits().total() == 0 ? stalled() : null;
        for (SimWorker worker : model.workers) {
            if (worker != held) {
                recover(worker);
            }
        }
        for (SimLane lane : model.lanes) {
            if (lane.paused && !model.closed) {
                model.pause(lane, false);
            }
            if (lane.stalled && !model.closed) {
                model.stall(lane, false);
            }
        }
        if (!model.closed && !anyLives(held)) {
            model.newLane();
        }
        drain();
        if (held != null) {
            serveBeside(held);
            recover(held);
            drain();
        }
        rest();
        checkServed();
        closeAll();
    }

    /** With a limit on connections some must end, or others would never begin. */
    private void drain() {
        boolean again;
        do {
            actions.drain();
            again = false;
            for (SimWorker worker : model.workers) {
                if (model.limit.limits().any() && !worker.stopped && !worker.channels.isEmpty()) {
                    new ArrayList<>(worker.channels).forEach(worker::close);
                    again = true;
                }
            }
        } while (again);
    }

    private @Nullable SimWorker stalled() {
        for (SimWorker worker : model.workers) {
            if (worker.stopped && !worker.exited) {
                return worker;
            }
        }
        return null;
    }

    private void recover(SimWorker worker) {
        worker.stopped = false;
        for (SimWorker.Loop loop : worker.loops) {
            loop.blocked = false;
        }
        if (!worker.exited && !model.off(Rule.WANTS_COMES_BACK)) {
            worker.laneLoop.ops.addLast(new SimWorker.Op(SimWorker.Kind.WANT, 0, null));
        }
    }

    private boolean anyLives(@Nullable SimWorker held) {
        for (SimWorker worker : model.workers) {
            if (worker != held && worker.lane().worksBothWays() && !worker.lane().dead) {
                return true;
            }
        }
        return false;
    }

    /**
     * One stalls for good, another is well: clients wait about as long as their patience says, not for the stall. A lane
     * that has not proved itself has ten times the patience.
     */
    private void serveBeside(SimWorker held) {
        long bound = model.now + HandoffModel.REFUSAL_PAUSE + 20 * HandoffModel.RESCUE;
        for (SimConnection connection : model.live) {
            AcceptedConnection accepted = connection.accepted;
            if (accepted != null && connection.claims == 0) {
                bound = Math.max(
                        bound,
                        model.now
                                + HandoffModel.REFUSAL_PAUSE
                                + (10 * HandoffModel.RESCUE << Math.min(accepted.revocations() + 1, 20)));
            }
        }
        bound += model.backlog.size() * 4 * HandoffModel.RESCUE;
        while (unserved() && tick()) {
            if (model.now > bound && unserved()) {
                throw new Violation("clients still wait although only worker " + held.number + " stalls");
            }
        }
        if (unserved()) {
            throw new Violation("clients wait for ever although only worker " + held.number + " stalls");
        }
    }

    private boolean unserved() {
        return !model.closed
                && (!model.backlog.isEmpty()
                        || model.live.stream().anyMatch(connection -> connection.claims == 0 && !connection.tainted));
    }

    private void rest() {
        for (int ticks = 0; tick(); ticks++) {
            if (ticks == MOST_TICKS) {
                throw new Violation("the timer of an idle master does not stop");
            }
        }
    }

    private boolean tick() {
        if (model.timerAt == Long.MAX_VALUE) {
            return false;
        }
        model.now = Math.max(model.now, model.timerAt);
        model.trace("time: %d ms", model.now / HandoffModel.MS);
        drain();
        return true;
    }

    private void checkServed() {
        if (!model.closed && !model.backlog.isEmpty()) {
            throw new Violation(model.backlog.size() + " clients stay in the backlog for ever");
        }
        for (SimConnection connection : model.everyConnection()) {
            boolean accepted = connection.accepted != null;
            if (accepted && connection.claims == 0 && !connection.abandoned && !connection.tainted) {
                throw new Violation(connection + " is never served");
            }
            if (accepted && connection.dup.isOpen()) {
                throw new Violation("the dup of " + connection + " is never closed: its client sees no FIN");
            }
        }
        for (SimLane lane : model.lanes) {
            if (!lane.worksBothWays()) {
                continue;
            }
            for (Slot slot : lane.lane.slots()) {
                if (!slot.isEmpty()) {
                    throw new Violation(
                            "cell " + lane.page.cellOf(slot.sequence) + " of " + lane + " never comes back");
                }
            }
        }
    }

    private void closeAll() {
        for (SimWorker worker : model.workers) {
            new ArrayList<>(worker.channels).forEach(worker::close);
            if (worker.grandchild) {
                worker.grandchildExits();
            }
        }
        actions.drain();
        for (SimConnection connection : model.everyConnection()) {
            if (connection.accepted != null && connection.open != 0) {
                throw new Violation(connection.open + " descriptors of " + connection + " leak");
            }
        }
        if (model.timerAt != Long.MAX_VALUE) {
            rest();
        }
    }
}
