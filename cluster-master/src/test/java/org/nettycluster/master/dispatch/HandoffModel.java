package org.nettycluster.master.dispatch;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.schedule.RoundRobin;
import org.nettycluster.master.schedule.Scheduler;
import org.nettycluster.protocol.ClaimPage;

/**
 * The hand-off with everything around it simulated but the decisions: the real {@link Dispatcher}, lanes and pages under
 * a master's loop, worker processes, pipes, clients and a clock of the model.
 *
 * <p>One step is one event of the master's loop, or one access to shared memory or one system call of a worker's thread,
 * or a fault. The master's loop here does what the real accept loop does, without its sockets.
 */
final class HandoffModel {
    static final long MS = 1_000_000;
    static final long RESCUE = 10 * MS;
    static final long PROMPT = RESCUE / 2;
    static final long REFUSAL_PAUSE = 100 * MS;
    static final long COLD_PATIENCE = 20 * RESCUE;

    final Choices choices;
    final Set<Rule> off;
    final int window;
    final int capacity;
    final Capacity limit;
    final long coldFor;
    final Dispatcher dispatcher;
    final List<SimWorker> workers = new ArrayList<>();
    final List<SimLane> lanes = new ArrayList<>();
    final ArrayDeque<SimConnection> backlog = new ArrayDeque<>();
    final List<SimConnection> live = new ArrayList<>();
    final Invariants invariants = new Invariants(this);

    /** The page of the n-th lane, if there was such a lane in an earlier model. */
    List<ClaimPage> pages = new ArrayList<>();

    int acceptBatch = 4;

    /** A task of a worker's loop is one step, and not each of its system calls. */
    boolean coarse;

    long now = 1;
    long timerAt = Long.MAX_VALUE;
    long starvedUntil = Long.MIN_VALUE;
    boolean masked = true;
    boolean closed;
    long abandoned;
    boolean anyTainted;

    /** Inside {@link Dispatcher#laneEnded}. */
    boolean ending;

    /** No faults any more. */
    boolean calm;

    /** A look of the test, not of the master. */
    boolean looking;

    /** A worker has changed its wants since the master looked. */
    @Nullable
    SimWorker unseenWants;

    @Nullable
    SimConnection lastClosed;

    /** Of all claims that the master has seen, from offer to look. */
    long slowestClaim;

    private long coldUntil = Long.MIN_VALUE;
    private final List<SimConnection> all = new ArrayList<>();
    private int lanesOpened;
    private @Nullable List<String> trace;

    /**
     * @param window cells of a lane
     * @param capacity messages that fit into a lane's pipe
     */
    HandoffModel(Choices choices, Set<Rule> off, int window, int capacity) {
        this(choices, off, window, capacity, ConnectionLimits.NONE, 0, new RoundRobin());
    }

    /** @param coldFor nanoseconds from the first connection on */
    HandoffModel(
            Choices choices,
            Set<Rule> off,
            int window,
            int capacity,
            ConnectionLimits limits,
            long coldFor,
            Scheduler scheduler) {
        this.coldFor = coldFor;
        this.choices = choices;
        this.off = off;
        this.window = window;
        this.capacity = capacity;
        this.limit = new Capacity(limits);
        this.dispatcher = new Dispatcher(
                scheduler,
                RESCUE,
                off(Rule.STALLED_LANE_IS_SKIPPED) ? Long.MAX_VALUE / 4 : PROMPT,
                coldFor,
                off(Rule.REFUSING_LANE_PAUSES) ? 0 : REFUSAL_PAUSE,
                limit,
                Crowding.UNKNOWN);
        limit.watch(() -> {
            if (masked || dispatcher.hasWaiting()) {
                proceed();
            }
        });
    }

    HandoffModel traced() {
        trace = new ArrayList<>();
        return this;
    }

    List<String> traceLines() {
        return trace == null ? List.of() : trace;
    }

    void trace(String format, Object... arguments) {
        if (trace != null) {
            trace.add(String.format(format, arguments));
        }
    }

    /** At most so long may a lane take because the others were no faster, or all have just started. */
    long excused() {
        return now < coldUntil ? COLD_PATIENCE : Math.min(10 * RESCUE, 8 * slowestClaim);
    }

    /** At most so old may an offer get on a lane, unless nobody else can have it. */
    long patience(Lane lane) {
        // What was excused a moment ago has had no look since.
        if (now < coldUntil + PROMPT) {
            return COLD_PATIENCE;
        }
        return lane.isProven() ? Math.max(RESCUE, excused()) : 10 * RESCUE;
    }

    boolean off(Rule rule) {
        return off.contains(rule);
    }

    boolean happens(Fault fault) {
        return !calm && choices.happens(fault);
    }

    int below(int bound) {
        return choices.below(bound);
    }

    // What is outside.

    void client() {
        SimConnection connection = new SimConnection(all.size());
        all.add(connection);
        backlog.add(connection);
        trace("client %d connects", connection.id);
    }

    SimWorker newLane() {
        SimWorker worker = new SimWorker(this, lanesOpened);
        SimLane lane = new SimLane(this, lanesOpened, worker, newPage());
        lanesOpened++;
        worker.open(lane);
        workers.add(worker);
        lanes.add(lane);
        trace("lane %d opens", lane.number);
        dispatcher.laneOpened(lane.lane);
        proceed();
        return worker;
    }

    private ClaimPage newPage() {
        if (off(Rule.PAGE_IS_FRESH)) {
            for (SimLane lane : lanes) {
                if (lane.lane.isEnded()) {
                    return wiped(lane.page);
                }
            }
        }
        if (lanesOpened < pages.size()) {
            return wiped(pages.get(lanesOpened));
        }
        ClaimPage page = ClaimPage.inMemory(window);
        pages.add(page);
        return page;
    }

    private ClaimPage wiped(ClaimPage page) {
        for (int cell = 0; cell < window; cell++) {
            page.withdraw(cell);
        }
        page.wants(false);
        page.disarmBell();
        return page;
    }

    SimConnection connection(int fd) {
        return all.get(fd);
    }

    int clients() {
        return all.size();
    }

    List<SimConnection> everyConnection() {
        return all;
    }

    static int idIn(byte[] address, int offset) {
        return ByteBuffer.wrap(address).getInt(offset);
    }

    void wantsChanged(SimWorker worker) {
        unseenWants = worker;
    }

    /** The master is about to look at a page: a worker may be faster. */
    void preempt() {
        while (!looking && choices.happens(Fault.PREEMPTION)) {
            int runnable = 0;
            for (SimWorker worker : workers) {
                for (SimWorker.Loop loop : worker.loops) {
                    runnable += worker.canStep(loop) ? 1 : 0;
                }
            }
            if (runnable == 0) {
                return;
            }
            stepRunnable(choices.below(runnable));
        }
    }

    private void stepRunnable(int index) {
        int left = index;
        for (SimWorker worker : workers) {
            for (int loop = 0; loop < worker.loops.length; loop++) {
                if (worker.canStep(worker.loops[loop]) && left-- == 0) {
                    trace("  meanwhile:");
                    worker.step(loop);
                    return;
                }
            }
        }
    }

    // The master's loop: what Listener and LaneLink do.

    void onBell(SimLane lane) {
        trace("master reads the doorbell of lane %d", lane.number);
        if (off(Rule.DRAIN_BELL_THEN_SWEEP)) {
            proceed();
            lane.bellBytes = 0;
        } else {
            lane.bellBytes = 0;
            proceed();
        }
    }

    void onEnd(SimLane lane) {
        trace("master hears of the end of lane %d", lane.number);
        endLane(lane);
    }

    void onExit(SimWorker worker) {
        trace("master hears that worker %d has exited", worker.number);
        worker.exitPending = false;
        endLane(worker.lane());
        limit.exited(worker.lane().lane.worker());
    }

    private void endLane(SimLane lane) {
        ending = true;
        dispatcher.laneEnded(lane.lane);
        ending = false;
        lane.masterOpen = false;
        lane.bellBytes = 0;
        proceed();
    }

    void pause(SimLane lane, boolean pause) {
        trace("supervisor: lane %d %s", lane.number, pause ? "is paused" : "goes on");
        lane.paused = pause;
        lane.lane.pause(pause);
        proceed();
    }

    void stall(SimLane lane, boolean stall) {
        trace("stall watch: lane %d %s", lane.number, stall ? "stands" : "moves");
        lane.stalled = stall;
        lane.lane.stall(stall);
        proceed();
    }

    /** As the end of a lane, but that its socket stays open until the worker has heard of it. */
    void drain(SimLane lane) {
        trace("supervisor: lane %d is drained", lane.number);
        lane.draining = true;
        ending = true;
        dispatcher.laneEnded(lane.lane);
        ending = false;
        proceed();
    }

    void onAcceptable() {
        trace("master finds the listening socket readable");
        run();
        acceptUpTo(1 + below(acceptBatch));
        planTimer();
    }

    void onTimer() {
        trace("timer");
        timerAt = Long.MAX_VALUE;
        proceed();
    }

    void closeListener() {
        trace("the listener is closed");
        closed = true;
        timerAt = Long.MAX_VALUE;
        ending = true;
        dispatcher.close();
        ending = false;
        lanes.forEach(lane -> lane.masterOpen = false);
        backlog.clear();
    }

    private void proceed() {
        if (closed) {
            return;
        }
        run();
        if (masked) {
            acceptUpTo(Integer.MAX_VALUE);
        } else if (dispatcher.hasWaiting()) {
            runThenArm();
        }
        planTimer();
    }

    private void run() {
        unseenWants = null;
        dispatcher.run(now);
    }

    private void runThenArm() {
        if (off(Rule.SWEEP_AGAIN_AFTER_ARMING)) {
            dispatcher.run(now);
            for (Lane lane : dispatcher.lanes()) {
                lane.cells().armBell();
            }
        } else {
            dispatcher.runThenArm(now);
        }
    }

    private void acceptUpTo(int limit) {
        accept(limit);
        dispatcher.send(now);
        if (dispatcher.hasWaiting()) {
            runThenArm();
        }
    }

    private void accept(int limit) {
        for (int count = 0; count < limit; count++) {
            if (!dispatcher.ready(now)) {
                runThenArm();
                if (!dispatcher.ready(now)) {
                    masked = true;
                    return;
                }
            }
            SimConnection connection = backlog.poll();
            if (connection == null) {
                masked = false;
                return;
            }
            trace("master accepts %s", connection);
            if (dispatcher.hasWaiting()) {
                throw new Violation(connection + " is accepted while others wait that came back");
            }
            checkTotal(connection);
            live.add(connection);
            byte[] address = ByteBuffer.allocate(8).putInt(connection.id).array();
            long order = off(Rule.ORDER_OF_ACCEPTANCE) ? -connection.id : connection.id;
            AcceptedConnection accepted = new AcceptedConnection(order, connection.id, address, closer);
            connection.accepted = accepted;
            if (coldUntil == Long.MIN_VALUE) {
                coldUntil = now + coldFor;
            }
            dispatcher.place(accepted, now);
        }
        masked = false;
    }

    private void planTimer() {
        long delay = off(Rule.RETRY_TIMER) ? Long.MAX_VALUE : dispatcher.delay(now, masked);
        if (delay != Long.MAX_VALUE) {
            timerAt = Math.min(timerAt, now + delay);
        }
    }

    private final AcceptedConnection.FdCloser closer = new AcceptedConnection.FdCloser() {
        @Override
        public void close(int fd) {
            closeDup(fd);
        }

        @Override
        public void shutdownAndClose(int fd) {
            connection(fd).shutdown = !off(Rule.SHUTDOWN_OF_ABANDONED);
            closeDup(fd);
        }
    };

    private void closeDup(int fd) {
        SimConnection connection = connection(fd);
        connection.dup.close();
        lastClosed = connection;
        if (connection.claims == 0 && !connection.tainted) {
            if (!closed) {
                throw new Violation(connection + " is lost: its dup is closed although nobody claimed it");
            }
            abandoned++;
            connection.abandoned = true;
            if (!connection.finSeen()) {
                throw new Violation(connection + " is closed on purpose and its client sees no FIN: a copy lies about");
            }
        }
    }

    private void checkTotal(SimConnection another) {
        int total = limit.limits().total();
        if (total == 0 || anyTainted) {
            return;
        }
        long open = live.stream().filter(HandoffModel::isOpen).count();
        if (open >= total) {
            throw new Violation(another + " is accepted beside " + open + " others, the limit is " + total);
        }
    }

    private static boolean isOpen(SimConnection connection) {
        SimWorker by = connection.claimedBy;
        return by == null ? !connection.abandoned : !connection.closedByWorker && !by.exited;
    }

    /** What came back is offered again before anything that was accepted later. */
    void checkOrder(SimConnection offered) {
        looking = true;
        invariants.locate();
        for (SimConnection other : live) {
            if (other.id < offered.id && other.isWaiting() && other != offered) {
                throw new Violation(offered + " is offered before " + other + ", which was accepted first and waits");
            }
        }
        looking = false;
    }
}
