package org.nettycluster.master.dispatch;

/** A hash of everything in a model that can make a difference later. */
final class StateKey {
    private long hash = 0x9e3779b97f4a7c15L;

    private StateKey() {}

    static long of(HandoffModel model, SearchChoices choices, int advances) {
        StateKey key = new StateKey();
        model.looking = true;
        model.invariants.locate();
        key.master(model, choices, advances);
        for (SimLane lane : model.lanes) {
            key.lane(model, lane);
        }
        for (SimWorker worker : model.workers) {
            key.worker(worker);
        }
        for (SimConnection connection : model.everyConnection()) {
            key.connection(connection);
        }
        model.looking = false;
        return key.hash;
    }

    private void add(long value) {
        hash = (hash ^ value) * 0xff51afd7ed558ccdL;
        hash ^= hash >>> 32;
    }

    private void add(boolean... values) {
        long bits = 1;
        for (boolean value : values) {
            bits = bits << 1 | (value ? 1 : 0);
        }
        add(bits);
    }

    private void master(HandoffModel model, SearchChoices choices, int advances) {
        for (Fault fault : Fault.values()) {
            add(choices.left(fault));
        }
        add(advances);
        add(model.now);
        add(model.timerAt);
        add(Math.max(model.now, model.starvedUntil));
        add(model.slowestClaim);
        add(model.masked, model.closed);
        add(model.unseenWants == null ? -1 : model.unseenWants.number);
        add(model.backlog.size());
        model.backlog.forEach(connection -> add(connection.id));
    }

    private void lane(HandoffModel model, SimLane lane) {
        add(lane.number);
        add(
                lane.masterOpen,
                lane.workerOpen,
                lane.endPending,
                lane.dead,
                lane.bellArmed,
                lane.tainted,
                lane.paused,
                lane.stalled,
                lane.draining,
                lane.page.wants());
        add(lane.bellBytes);
        add(lane.sent);
        add(Math.max(model.now, lane.passedOverUntil));
        for (SimLane other : model.lanes) {
            add(lane.lane.lastTurn() < other.lane.lastTurn());
        }
        add(lane.lane.claimTime(model.now));
        add(lane.pipe.size());
        lane.pipe.forEach(message -> add(message.fd().connection().id));
        for (Slot slot : lane.lane.slots()) {
            add(slot.isEmpty() ? -1 : slot.sequence);
            add(slot.state.ordinal());
            add(slot.connection == null ? -1 : slot.connection.fd());
            add(slot.connection == null ? -1 : slot.offeredAt);
            add(slot.connection == null ? -1 : slot.lastSeen);
        }
        for (int cell = 0; cell < lane.page.window(); cell++) {
            add(lane.page.word(cell));
        }
    }

    private void worker(SimWorker worker) {
        add(worker.number);
        add(worker.stopped, worker.exited, worker.exitPending, worker.grandchild);
        add(worker.received());
        for (SimWorker.Loop loop : worker.loops) {
            add(loop.blocked);
            add(loop.ops.size());
            for (SimWorker.Op op : loop.ops) {
                add(op.kind().ordinal());
                add(op.sequence());
                add(op.fd() == null ? -1 : op.fd().connection().id);
            }
        }
        add(worker.channels.size());
        for (SimWorker.Channel channel : worker.channels) {
            add(channel.sequence() << 8 | (channel.again() ? 128 : 0) | channel.loop());
            add(channel.fd().connection().id);
        }
    }

    private void connection(SimConnection connection) {
        add(
                connection.dup.isOpen(),
                connection.shutdown,
                connection.closedByWorker,
                connection.abandoned,
                connection.tainted);
        add(connection.open);
        add(connection.claims);
        add(connection.slots);
        add(connection.accepted == null ? -1 : connection.accepted.revocations());
    }
}
