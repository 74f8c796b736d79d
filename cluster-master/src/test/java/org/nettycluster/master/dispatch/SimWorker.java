package org.nettycluster.master.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.dispatch.SimConnection.Fd;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.ClaimWord;
import org.nettycluster.protocol.ProtocolException;

/**
 * One worker process of the model: a lane loop that receives and two child loops that claim. A step of a loop is one
 * access to shared memory or one system call, so that everything else may happen between any two of them.
 */
final class SimWorker {
    final int number;
    final Loop laneLoop = new Loop();
    final Loop[] childLoops = {new Loop(), new Loop()};
    final Loop[] loops = {laneLoop, childLoops[0], childLoops[1]};
    final List<Channel> channels = new ArrayList<>();
    boolean stopped;
    boolean exited;

    /** The supervisor has not yet told the master that the process is gone. */
    boolean exitPending;

    boolean grandchild;

    /** This worker can't make channels at all: refuses, wants again at once. */
    boolean refusesAlways;

    private final HandoffModel model;
    private @Nullable SimLane opened;
    private long received;

    SimWorker(HandoffModel model, int number) {
        this.model = model;
        this.number = number;
    }

    /** What one event loop has still to do, in order. */
    static final class Loop {
        final ArrayDeque<Op> ops = new ArrayDeque<>();
        boolean blocked;

        /** How many of the first belong to the task that runs. */
        int continued;

        boolean idle() {
            return !blocked && ops.isEmpty();
        }
    }

    enum Kind {
        LOOK,
        LOST,
        GATE,
        CLOSE_FD,
        REFUSE,
        RETURN,
        TAKE_BELL,
        TAKE_END_BELL,
        RING,
        WANT,
        WANT_NOT,
        CLOSE_CHANNEL,
        CLOSE_AGAIN
    }

    record Op(Kind kind, long sequence, @Nullable Fd fd) {}

    /** A claimed connection. */
    record Channel(long sequence, Fd fd, boolean again, int loop) {}

    void open(SimLane lane) {
        opened = lane;
        laneLoop.ops.add(new Op(Kind.WANT, 0, null));
    }

    SimLane lane() {
        if (opened == null) {
            throw new IllegalStateException("worker " + number + " has no lane");
        }
        return opened;
    }

    long received() {
        return received;
    }

    boolean canStep(Loop loop) {
        return !exited && !stopped && !loop.blocked && (!loop.ops.isEmpty() || (loop == laneLoop && canReceive()));
    }

    /** Its lane's loop is free to do what the control connection says. */
    boolean canListen() {
        return !exited && !stopped && !laneLoop.blocked && laneLoop.ops.isEmpty();
    }

    private boolean canReceive() {
        return lane().workerOpen && (!lane().pipe.isEmpty() || !lane().masterOpen);
    }

    /** Whether a descriptor for this cell is in somebody's hand and unsettled. */
    boolean mayStillArrive(int cell) {
        for (Loop loop : loops) {
            for (Op op : loop.ops) {
                boolean inHand = op.fd() != null && op.kind() != Kind.CLOSE_CHANNEL && op.kind() != Kind.CLOSE_AGAIN;
                if (inHand && lane().page.cellOf(op.sequence()) == cell) {
                    return true;
                }
            }
        }
        return false;
    }

    void step(int number) {
        Loop loop = loops[number];
        do {
            stepOnce(loop, number);
        } while (model.coarse && loop.continued > 0);
    }

    private void stepOnce(Loop loop, int number) {
        Op op = loop.ops.poll();
        if (op == null) {
            receive();
            return;
        }
        loop.continued = Math.max(0, loop.continued - 1);
        model.trace("worker %d loop %d: %s %d", this.number, number, op.kind(), op.sequence());
        switch (op.kind()) {
            case LOOK -> look(op);
            case GATE -> gate(loop, number, op);
            case CLOSE_FD -> fd(op).close();
            case REFUSE, LOST -> refuse(op);
            case RETURN -> giveBack(loop, op);
            case TAKE_BELL -> takeBell(loop);
            case TAKE_END_BELL -> takeEndBell(loop);
            case RING -> lane().ring();
            case WANT -> want(true);
            case WANT_NOT -> want(false);
            case CLOSE_CHANNEL, CLOSE_AGAIN -> closeChannel(loop, op);
        }
    }

    private void receive() {
        SimLane lane = lane();
        SimLane.Message message = lane.pipe.poll();
        if (message == null) {
            model.trace("worker %d sees the end of its lane", number);
            closeLane();
            return;
        }
        long sequence = received++;
        if (model.happens(Fault.LOST)) {
            model.trace("worker %d: message %d comes without its fd", number, sequence);
            message.fd().close();
            if (model.off(Rule.LOST_MESSAGE_COUNTS)) {
                received--;
            } else {
                then(laneLoop, new Op(Kind.WANT_NOT, 0, null), new Op(Kind.LOST, sequence, null));
            }
            return;
        }
        model.trace("worker %d receives %s as message %d", number, message.fd().connection(), sequence);
        then(laneLoop, new Op(Kind.LOOK, sequence, message.fd()));
    }

    private void look(Op op) {
        if (word(op) == ClaimWord.of(op.sequence(), ClaimState.REVOKED)) {
            then(laneLoop, op(Kind.CLOSE_FD, op), new Op(Kind.RETURN, op.sequence(), null));
        } else if (refusesAlways || model.happens(Fault.REFUSAL)) {
            model.trace("  and can't make a channel of it");
            Op refuse = new Op(Kind.REFUSE, op.sequence(), null);
            if (model.off(Rule.REFUSED_AFTER_ITS_FD_IS_CLOSED)) {
                then(laneLoop, new Op(Kind.WANT_NOT, 0, null), refuse, op(Kind.CLOSE_FD, op));
            } else {
                then(laneLoop, new Op(Kind.WANT_NOT, 0, null), op(Kind.CLOSE_FD, op), refuse);
            }
            if (refusesAlways) {
                laneLoop.ops.addLast(new Op(Kind.WANT, 0, null));
            }
        } else {
            boolean alike = childLoops[0].idle() && childLoops[1].idle();
            childLoops[alike ? 0 : model.below(childLoops.length)].ops.addLast(op(Kind.GATE, op));
        }
    }

    private void gate(Loop loop, int number, Op op) {
        long word = word(op);
        ClaimState state = ClaimWord.state(word);
        SimConnection connection = fd(op).connection();
        boolean offered = state != null && state.offered() && ClaimWord.sequence(word) == op.sequence();
        if (offered && state != null) {
            checkPeer(op, connection);
            lane().page.transition(op.sequence(), state, ClaimState.CLAIMED);
            model.trace("  claims %s", connection);
            connection.claims++;
            connection.claimedBy = this;
            if (connection.claims > 1 && !connection.tainted) {
                throw new Violation(connection + " is served twice");
            }
            lane().page.countAdopted();
            Channel channel = new Channel(op.sequence(), fd(op), state == ClaimState.OFFERED_AGAIN, number);
            channels.add(channel);
            if (model.happens(Fault.EARLY_CLOSE)) {
                close(channel);
            }
            then(loop, new Op(Kind.TAKE_BELL, op.sequence(), null));
        } else {
            then(loop, op(Kind.CLOSE_FD, op), new Op(Kind.RETURN, op.sequence(), null));
        }
    }

    /** The application closes it, on its loop. */
    void close(Channel channel) {
        channels.remove(channel);
        childLoops[channel.loop() - 1].ops.addLast(
                new Op(channel.again() ? Kind.CLOSE_AGAIN : Kind.CLOSE_CHANNEL, channel.sequence(), channel.fd()));
    }

    private void closeChannel(Loop loop, Op op) {
        SimConnection connection = fd(op).connection();
        boolean again = op.kind() == Kind.CLOSE_AGAIN && !model.off(Rule.SHUTDOWN_OF_AGAIN);
        boolean unsettled = lane().page.unsettled(op.sequence()) && !model.off(Rule.SHUTDOWN_OF_UNSETTLED);
        boolean failed = !again && unsettled && model.happens(Fault.SHUTDOWN_FAILS);
        if (failed) {
            then(loop, new Op(Kind.RING, 0, null));
        } else if (again || unsettled) {
            connection.shutdown = true;
        }
        fd(op).close();
        connection.closedByWorker = true;
        lane().page.countClosed();
        if (model.limit.limits().any()) {
            then(loop, new Op(Kind.TAKE_END_BELL, op.sequence(), null));
        }
        if (!failed && !connection.finSeen() && !connection.tainted) {
            throw new Violation("worker " + number + " closes " + connection
                    + " and its client sees no FIN: another descriptor is open");
        }
    }

    /** The message came without its descriptor, or its descriptor is closed and the offer can't be taken. */
    private void refuse(Op op) {
        long sequence = op.sequence();
        if (lane().page.transition(sequence, ClaimState.OFFERED, ClaimState.REFUSED)
                || lane().page.transition(sequence, ClaimState.OFFERED_AGAIN, ClaimState.REFUSED)) {
            lane().page.countRefused();
            ring(laneLoop);
        } else if (op.kind() == Kind.REFUSE || !model.off(Rule.LOST_AND_REVOKED_IS_RETURNED)) {
            giveBack(laneLoop, op);
        }
    }

    private void giveBack(Loop loop, Op op) {
        if (lane().page.transition(op.sequence(), ClaimState.REVOKED, ClaimState.RETURNED)) {
            lane().page.countReturned();
            if (!model.off(Rule.RETURNED_RINGS)) {
                ring(loop);
            }
        }
    }

    private void takeBell(Loop loop) {
        if (!model.off(Rule.CLAIM_RINGS_WHEN_ARMED) && lane().page.takeBell()) {
            lane().bellArmed = false;
            ring(loop);
        }
    }

    private void takeEndBell(Loop loop) {
        if (!model.off(Rule.END_RINGS_WHEN_ARMED) && lane().page.takeEndBell()) {
            ring(loop);
        }
    }

    /** What it has, or will have unless the master takes it back. */
    int connections() {
        int count = channels.size();
        for (Loop loop : childLoops) {
            for (Op op : loop.ops) {
                count += op.kind() == Kind.CLOSE_CHANNEL || op.kind() == Kind.CLOSE_AGAIN ? 1 : 0;
            }
        }
        for (int cell = 0; cell < lane().page.window(); cell++) {
            ClaimState state = ClaimWord.state(lane().page.word(cell));
            count += state != null && state.offered() ? 1 : 0;
        }
        return count;
    }

    private void want(boolean wants) {
        if (lane().page.wants() != wants) {
            lane().page.wants(wants);
            if (!model.off(Rule.WANTS_RINGS)) {
                then(laneLoop, new Op(Kind.RING, 0, null));
            }
            model.wantsChanged(this);
        }
    }

    /** Only the lane's loop writes to the lane. */
    private void ring(Loop from) {
        if (from == laneLoop) {
            then(laneLoop, new Op(Kind.RING, 0, null));
        } else {
            laneLoop.ops.addLast(new Op(Kind.RING, 0, null));
        }
    }

    /** Closes the lane's socket; what was received goes on to the child loops. */
    void closeLane() {
        SimLane lane = lane();
        if (model.off(Rule.REFUSES_ONLY_WHAT_ARRIVED)) {
            for (int cell = 0; cell < lane.page.window(); cell++) {
                long word = lane.page.word(cell);
                ClaimState state = ClaimWord.state(word);
                if (state != null && state.offered()) {
                    lane.page.transition(ClaimWord.sequence(word), state, ClaimState.REFUSED);
                }
            }
        }
        lane.workerOpen = false;
        lane.endPending = true;
        lane.dropPipe();
    }

    void exit(boolean withGrandchild) {
        exited = true;
        exitPending = true;
        grandchild = withGrandchild;
        for (Loop loop : loops) {
            loop.ops.forEach(this::drop);
            loop.ops.clear();
        }
        channels.forEach(channel -> channel.fd().close());
        channels.clear();
        if (!withGrandchild) {
            grandchildExits();
        }
    }

    /** It breaks the protocol: nothing is sure of what it holds unclaimed. */
    void taintHand() {
        for (Loop loop : loops) {
            for (Op op : loop.ops) {
                if (op.fd() != null) {
                    op.fd().connection().tainted = true;
                }
            }
        }
    }

    /** Now nobody holds the worker's end of the lane any more. */
    void grandchildExits() {
        grandchild = false;
        if (lane().workerOpen) {
            lane().workerOpen = false;
            lane().endPending = true;
            lane().dropPipe();
        }
    }

    private void drop(Op op) {
        if (op.fd() != null) {
            op.fd().close();
        }
    }

    /** What getpeername would say against what the cell says. */
    private void checkPeer(Op op, SimConnection connection) {
        byte[] address = new byte[8];
        try {
            lane().page.address(op.sequence(), address, 0);
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
        int expected = HandoffModel.idIn(address, 0);
        if (expected != connection.id && !lane().tainted) {
            throw new Violation("worker " + number + " claims offer " + op.sequence() + ", made for connection "
                    + expected + ", with a descriptor of " + connection);
        }
    }

    private long word(Op op) {
        return lane().page.word(lane().page.cellOf(op.sequence()));
    }

    private static Op op(Kind kind, Op from) {
        return new Op(kind, from.sequence(), from.fd());
    }

    private static Fd fd(Op op) {
        return Objects.requireNonNull(op.fd());
    }

    /** Next on this loop, before anything else. */
    private static void then(Loop loop, Op... ops) {
        loop.continued += ops.length;
        for (int i = ops.length - 1; i >= 0; i--) {
            loop.ops.addFirst(ops[i]);
        }
    }
}
