package org.nettycluster.master.dispatch;

import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.ClaimWord;

/** What can happen next in a model, and how it happens. */
final class Actions {
    private static final int MOST_CLIENTS_WAITING = 6;

    private final HandoffModel model;
    private final int clientsAtMost;
    private final int lanesAtMost;
    private final int advancesAtMost;
    private final int[] codes = new int[256];
    private final int[] weights = new int[256];
    private int count;
    private int advances;

    Actions(HandoffModel model, int clientsAtMost, int lanesAtMost, int advancesAtMost) {
        this.model = model;
        this.clientsAtMost = clientsAtMost;
        this.lanesAtMost = lanesAtMost;
        this.advancesAtMost = advancesAtMost;
    }

    enum Act {
        STEP,
        BELL,
        END,
        EXITED,
        ACCEPT,
        TIMER,
        ADVANCE,
        CLIENT,
        APP_CLOSE,
        CONTINUE,
        UNBLOCK,
        WANT,
        STOP,
        BLOCK,
        WANT_NOT,
        LANE_CLOSE,
        EXIT,
        EXIT_WITH_GRANDCHILD,
        GRANDCHILD_EXIT,
        GARBAGE,
        PAUSE,
        RESUME,
        STALL_SEEN,
        STALL_OVER,
        DRAIN,
        LEAVE,
        NEW_LANE,
        LISTENER_CLOSE
    }

    private static final Act[] ACTS = Act.values();

    int advances() {
        return advances;
    }

    /** Does one of the things that can happen; false if nothing can. */
    boolean step() {
        count = 0;
        collectWork();
        if (count == 0 && nobodyStalls()) {
            model.invariants.checkNothingUnseen();
        }
        collectTime();
        if (!model.calm) {
            collectLife();
            collectFaults();
        }
        return perform();
    }

    /** Goes on without faults, and without time, until nothing is left to do. */
    void drain() {
        boolean before = model.calm;
        model.calm = true;
        for (int steps = 0; ; steps++) {
            if (steps == 20_000) {
                throw new Violation("does not come to rest: livelock");
            }
            count = 0;
            collectWork();
            if (model.timerAt <= model.now) {
                add(Act.TIMER, 0, 1);
            }
            if (!perform()) {
                break;
            }
        }
        model.calm = before;
    }

    private boolean perform() {
        if (count == 0) {
            return false;
        }
        int chosen = codes[count == 1 ? 0 : model.choices.pick(count, weights)];
        perform(ACTS[chosen >> 16], chosen & 0xffff);
        if (model.choices.isNew()) {
            model.invariants.check();
        }
        return true;
    }

    private void add(Act act, int argument, int weight) {
        if (weight > 0) {
            codes[count] = act.ordinal() << 16 | argument;
            weights[count++] = weight;
        }
    }

    private void add(Act act, int argument, Fault fault) {
        add(act, argument, model.choices.weight(fault));
    }

    private void collectWork() {
        for (int i = 0; i < model.workers.size(); i++) {
            SimWorker worker = model.workers.get(i);
            for (int loop = 0; loop < worker.loops.length; loop++) {
                if (worker.canStep(worker.loops[loop])) {
                    add(Act.STEP, i << 2 | loop, 600);
                }
            }
            if (worker.exitPending) {
                add(Act.EXITED, i, 200);
            }
        }
        for (int i = 0; i < model.lanes.size(); i++) {
            SimLane lane = model.lanes.get(i);
            if (lane.masterOpen && lane.bellBytes > 0) {
                add(Act.BELL, i, 600);
            }
            if (lane.masterOpen && lane.endPending) {
                add(Act.END, i, 200);
            }
            if (lane.draining && lane.workerOpen && lane.worker.canListen()) {
                add(Act.LEAVE, i, 200);
            }
        }
        if (!model.masked && !model.closed && !model.backlog.isEmpty()) {
            add(Act.ACCEPT, 0, 600);
        }
    }

    private void collectTime() {
        if (model.timerAt <= model.now) {
            add(Act.TIMER, 0, 1000);
        } else if (advances < advancesAtMost) {
            add(Act.ADVANCE, 0, 60);
        }
    }

    private void collectLife() {
        for (int i = 0; i < model.lanes.size(); i++) {
            if (model.lanes.get(i).paused) {
                add(Act.RESUME, i, 40);
            }
            if (model.lanes.get(i).stalled) {
                add(Act.STALL_OVER, i, 40);
            }
        }
        if (!model.closed && model.clients() < clientsAtMost && model.backlog.size() < MOST_CLIENTS_WAITING) {
            add(Act.CLIENT, 0, 300);
        }
        for (int i = 0; i < model.workers.size(); i++) {
            SimWorker worker = model.workers.get(i);
            if (worker.exited) {
                continue;
            }
            boolean closes = advancesAtMost == Integer.MAX_VALUE || model.choices.weight(Fault.EARLY_CLOSE) > 0;
            if (closes && !worker.channels.isEmpty()) {
                add(Act.APP_CLOSE, i, 100);
            }
            if (worker.stopped) {
                add(Act.CONTINUE, i, 20);
            }
            for (int loop = 0; loop < worker.loops.length; loop++) {
                if (worker.loops[loop].blocked) {
                    add(Act.UNBLOCK, i << 2 | loop, 20);
                }
            }
            if (worker.lane().workerOpen
                    && !worker.lane().page.wants()
                    && worker.laneLoop.ops.isEmpty()
                    && !model.off(Rule.WANTS_COMES_BACK)) {
                add(Act.WANT, i, 60);
            }
        }
    }

    private void collectSupervision() {
        for (int i = 0; i < model.lanes.size(); i++) {
            SimLane lane = model.lanes.get(i);
            if (lane.lane.isEnded() || model.closed) {
                continue;
            }
            if (!lane.paused) {
                add(Act.PAUSE, i, Fault.PAUSE);
            }
            if (!lane.stalled) {
                add(Act.STALL_SEEN, i, Fault.STALL_SEEN);
            }
            add(Act.DRAIN, i, Fault.DRAIN);
        }
    }

    private void collectFaults() {
        collectSupervision();
        int open = 0;
        for (int i = 0; i < model.workers.size(); i++) {
            SimWorker worker = model.workers.get(i);
            open += worker.lane().lane.isEnded() ? 0 : 1;
            if (worker.grandchild) {
                add(Act.GRANDCHILD_EXIT, i, 10);
            }
            if (worker.exited) {
                continue;
            }
            if (!worker.stopped) {
                add(Act.STOP, i, Fault.STOP);
            }
            for (int loop = 0; loop < worker.loops.length; loop++) {
                if (!worker.loops[loop].blocked) {
                    add(Act.BLOCK, i << 2 | loop, Fault.BLOCK);
                }
            }
            add(Act.EXIT, i, Fault.EXIT);
            add(Act.EXIT_WITH_GRANDCHILD, i, Fault.EXIT_WITH_GRANDCHILD);
            if (worker.lane().workerOpen) {
                if (worker.laneLoop.ops.isEmpty() && worker.lane().page.wants()) {
                    add(Act.WANT_NOT, i, Fault.WANTS_OFF);
                }
                add(Act.LANE_CLOSE, i, Fault.LANE_CLOSE);
                add(Act.GARBAGE, i, Fault.GARBAGE);
            }
        }
        if (!model.closed && open < lanesAtMost && model.workers.size() < 8) {
            add(
                    Act.NEW_LANE,
                    0,
                    open == 0
                            ? Math.max(20, model.choices.weight(Fault.NEW_LANE))
                            : model.choices.weight(Fault.NEW_LANE));
        }
        if (!model.closed) {
            add(Act.LISTENER_CLOSE, 0, Fault.LISTENER_CLOSE);
        }
    }

    private boolean nobodyStalls() {
        for (SimWorker worker : model.workers) {
            if (worker.stopped
                    || worker.laneLoop.blocked
                    || worker.childLoops[0].blocked
                    || worker.childLoops[1].blocked) {
                return false;
            }
        }
        return true;
    }

    private void perform(Act act, int argument) {
        switch (act) {
            case STEP -> worker(argument >> 2).step(argument & 3);
            case BELL -> model.onBell(model.lanes.get(argument));
            case END -> model.onEnd(model.lanes.get(argument));
            case EXITED -> model.onExit(worker(argument));
            case ACCEPT -> model.onAcceptable();
            case TIMER -> model.onTimer();
            case ADVANCE -> advance();
            case CLIENT -> model.client();
            case APP_CLOSE -> {
                model.choices.spend(Fault.EARLY_CLOSE);
                SimWorker worker = worker(argument);
                worker.close(worker.channels.get(model.below(worker.channels.size())));
            }
            case NEW_LANE -> {
                model.choices.spend(Fault.NEW_LANE);
                model.newLane();
            }
            case LISTENER_CLOSE -> {
                model.choices.spend(Fault.LISTENER_CLOSE);
                model.closeListener();
            }
            case PAUSE, RESUME, STALL_SEEN, STALL_OVER, DRAIN -> supervise(act, model.lanes.get(argument));
            case LEAVE -> model.lanes.get(argument).worker.closeLane();
            case STOP, BLOCK, WANT_NOT, LANE_CLOSE, EXIT, EXIT_WITH_GRANDCHILD, GARBAGE -> fault(act, argument);
            case CONTINUE, UNBLOCK, WANT, GRANDCHILD_EXIT -> heal(act, argument);
        }
        forgetTheGone();
    }

    private void advance() {
        advances++;
        long step = advancesAtMost == Integer.MAX_VALUE ? HandoffModel.MS / 2 << model.below(5) : HandoffModel.PROMPT;
        model.now = Math.min(model.timerAt, model.now + step);
        model.trace("time: %d.%d ms", model.now / HandoffModel.MS, model.now / (HandoffModel.MS / 10) % 10);
    }

    private void supervise(Act act, SimLane lane) {
        switch (act) {
            case PAUSE -> model.choices.spend(Fault.PAUSE);
            case STALL_SEEN -> model.choices.spend(Fault.STALL_SEEN);
            case DRAIN -> model.choices.spend(Fault.DRAIN);
            default -> {}
        }
        switch (act) {
            case PAUSE -> model.pause(lane, true);
            case RESUME -> model.pause(lane, false);
            case STALL_SEEN -> model.stall(lane, true);
            case STALL_OVER -> model.stall(lane, false);
            default -> model.drain(lane);
        }
    }

    private void fault(Act act, int argument) {
        boolean ofLoop = act == Act.BLOCK;
        SimWorker worker = worker(ofLoop ? argument >> 2 : argument);
        model.trace("worker %d: %s %s", worker.number, act, ofLoop ? argument & 3 : "");
        model.choices.spend(
                switch (act) {
                    case STOP -> Fault.STOP;
                    case BLOCK -> Fault.BLOCK;
                    case WANT_NOT -> Fault.WANTS_OFF;
                    case LANE_CLOSE -> Fault.LANE_CLOSE;
                    case EXIT -> Fault.EXIT;
                    case EXIT_WITH_GRANDCHILD -> Fault.EXIT_WITH_GRANDCHILD;
                    default -> Fault.GARBAGE;
                });
        switch (act) {
            case STOP -> worker.stopped = true;
            case BLOCK -> worker.loops[argument & 3].blocked = true;
            case WANT_NOT -> worker.laneLoop.ops.add(new SimWorker.Op(SimWorker.Kind.WANT_NOT, 0, null));
            case LANE_CLOSE -> worker.closeLane();
            case EXIT -> worker.exit(false);
            case EXIT_WITH_GRANDCHILD -> worker.exit(true);
            default -> garbage(worker.lane());
        }
    }

    private void heal(Act act, int argument) {
        SimWorker worker = worker(act == Act.UNBLOCK ? argument >> 2 : argument);
        model.trace("worker %d: %s", worker.number, act);
        switch (act) {
            case CONTINUE -> worker.stopped = false;
            case UNBLOCK -> worker.loops[argument & 3].blocked = false;
            case WANT -> worker.laneLoop.ops.add(new SimWorker.Op(SimWorker.Kind.WANT, 0, null));
            default -> worker.grandchildExits();
        }
    }

    /** Writes nonsense that looks like sense into one cell. */
    private void garbage(SimLane lane) {
        lane.tainted = true;
        model.anyTainted = true;
        for (Slot slot : lane.lane.slots()) {
            if (slot.connection != null) {
                model.connection(slot.connection.fd()).tainted = true;
            }
        }
        lane.pipe.forEach(message -> message.fd().connection().tainted = true);
        lane.worker.taintHand();
        int cell = model.below(lane.page.window());
        long was = lane.page.word(cell);
        ClaimState from = ClaimWord.state(was);
        ClaimState to = ClaimState.values()[model.below(ClaimState.values().length)];
        if (from != null) {
            lane.page.transition(ClaimWord.sequence(was), from, to);
        }
        model.trace("  cell %d of lane %d: %s becomes %s", cell, lane.number, from, to);
    }

    /** Processes and lanes that can do nothing any more leave the model. */
    private void forgetTheGone() {
        model.workers.removeIf(worker -> worker.exited
                && !worker.exitPending
                && !worker.grandchild
                && worker.lane().lane.isEnded());
        if (!model.off(Rule.PAGE_IS_FRESH)) {
            model.lanes.removeIf(lane -> lane.lane.isEnded() && !model.workers.contains(lane.worker));
        }
    }

    private SimWorker worker(int index) {
        return model.workers.get(index);
    }
}
