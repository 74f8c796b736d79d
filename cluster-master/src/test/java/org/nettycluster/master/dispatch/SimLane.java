package org.nettycluster.master.dispatch;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.ClaimWord;
import org.nettycluster.protocol.WorkerId;

/**
 * One lane of the model: the socket between the master and a worker, the page beside it, and the master's hand on both.
 * Whatever the master does here may be preceded by a step of a worker's thread, and is checked.
 */
final class SimLane implements LanePort, Cells {
    /** Bytes that fit into the doorbell's direction of the socket. */
    private static final int BELL_CAPACITY = 2;

    final int number;
    final SimWorker worker;
    final ClaimPage page;
    final Lane lane;
    final ArrayDeque<Message> pipe = new ArrayDeque<>();
    int bellBytes;
    boolean masterOpen = true;
    boolean workerOpen = true;

    /** The master will see the end of file, or an error. */
    boolean endPending;

    /** What the kernel has seen go down; equals the master's count while the rules hold. */
    long sent;

    boolean dead;
    boolean bellArmed;
    boolean tainted;

    /** What the supervisor has said of it. */
    boolean paused;

    boolean stalled;
    boolean draining;
    long passedOverUntil = Long.MIN_VALUE;
    private final Map<Long, Long> offeredAt = new HashMap<>();
    long promptSince = Long.MAX_VALUE;

    private final HandoffModel model;
    private final Cells cells;
    private boolean wantsRead;
    private boolean wantsReadTwice;
    private long refusalSeen = Long.MIN_VALUE;

    SimLane(HandoffModel model, int number, SimWorker worker, ClaimPage page) {
        this.model = model;
        this.number = number;
        this.worker = worker;
        this.page = page;
        this.cells = new BrokenCells(Cells.of(page), model);
        this.lane = new Lane(new WorkerId(number + 1, 0), this, this);
        if (number % 3 != 2) {
            // The others have to prove themselves by a first claim.
            lane.claimed();
        }
    }

    /** A descriptor on its way, with its true number. */
    record Message(long sequence, SimConnection.Fd fd) {}

    /** The worker writes one byte; a full pipe swallows it. */
    void ring() {
        if (workerOpen && masterOpen) {
            bellBytes = Math.min(bellBytes + 1, BELL_CAPACITY);
        }
    }

    void dropPipe() {
        pipe.forEach(message -> message.fd().close());
        pipe.clear();
    }

    boolean worksBothWays() {
        return masterOpen && workerOpen && !endPending && !lane.isEnded() && !worker.exited;
    }

    @Override
    public Sent send(int fd) {
        model.preempt();
        if (!masterOpen) {
            throw new Violation("a descriptor is sent down " + this + ", which the master has closed");
        }
        if (!workerOpen) {
            model.trace("  sendFd on lane %d: EPIPE", number);
            dead = true;
            return Sent.DEAD;
        }
        if (model.happens(Fault.DEAD)) {
            model.trace("  sendFd on lane %d: ECONNRESET", number);
            dead = true;
            endPending = true;
            return Sent.DEAD;
        }
        if (model.happens(Fault.STARVED)) {
            model.trace("  sendFd on lane %d: ETOOMANYREFS", number);
            model.starvedUntil = model.now + HandoffModel.PROMPT;
            return Sent.STARVED;
        }
        if (pipe.size() >= model.capacity || model.happens(Fault.FULL)) {
            model.trace("  sendFd on lane %d: EAGAIN", number);
            passedOverUntil = Math.max(passedOverUntil, model.now + HandoffModel.PROMPT);
            return model.off(Rule.FAILED_SEND_IS_UNDONE) ? Sent.YES : Sent.FULL;
        }
        SimConnection connection = model.connection(fd);
        model.trace("  sendFd of %s on lane %d as message %d", connection, number, sent);
        pipe.add(new Message(sent++, connection.duplicate()));
        return Sent.YES;
    }

    @Override
    public void close(String why) {
        model.trace("  master closes lane %d: %s", number, why);
        if (!tainted) {
            throw new Violation("the master takes " + this + " for broken: " + why);
        }
        masterOpen = false;
    }

    @Override
    public int window() {
        return page.window();
    }

    @Override
    public long word(long sequence) {
        model.preempt();
        long word = cells.word(sequence);
        if (word == ClaimWord.of(sequence, ClaimState.REFUSED)) {
            refusalSeen = model.now;
            passedOverUntil = Math.max(passedOverUntil, model.now + HandoffModel.REFUSAL_PAUSE);
        }
        return word;
    }

    @Override
    public void offer(long sequence, ClaimState state, byte[] address) {
        model.preempt();
        SimConnection connection = model.connection(HandoffModel.idIn(address, 0));
        checkOffer(sequence, connection);
        model.trace(
                "  cell %d of lane %d := %s(%d) for %s", page.cellOf(sequence), number, state, sequence, connection);
        cells.offer(sequence, state, address);
        offeredAt.put(sequence, model.now);
    }

    @Override
    public void withdraw(long sequence) {
        cells.withdraw(sequence);
    }

    @Override
    public boolean revoke(long sequence, ClaimState offered) {
        model.preempt();
        boolean won = cells.revoke(sequence, offered);
        model.trace("  master takes back offer %d of lane %d: %s", sequence, number, won ? "won" : "too late");
        return won;
    }

    @Override
    public void settled(long sequence) {
        SimConnection connection = model.lastClosed;
        if (connection == null || connection.dup.isOpen() || (connection.claims == 0 && !connection.tainted)) {
            throw new Violation(
                    "cell of offer " + sequence + " is settled although its dup is open or nobody claimed it");
        }
        model.preempt();
        model.slowestClaim = Math.max(model.slowestClaim, model.now - Objects.requireNonNull(offeredAt.get(sequence)));
        cells.settled(sequence);
    }

    @Override
    public boolean wants() {
        model.preempt();
        boolean wants = cells.wants();
        wantsReadTwice = wants && wantsRead;
        wantsRead = wants;
        return wants;
    }

    @Override
    public long closed() {
        model.preempt();
        return cells.closed();
    }

    @Override
    public void armEndBell() {
        model.preempt();
        cells.armEndBell();
    }

    @Override
    public void armBell() {
        model.preempt();
        bellArmed = true;
        cells.armBell();
    }

    private void checkOffer(long sequence, SimConnection connection) {
        int cell = page.cellOf(sequence);
        if (!tainted && (worker.mayStillArrive(cell) || inPipe(cell))) {
            throw new Violation("cell " + cell + " of " + this + " is used again while an older fd for it may arrive");
        }
        if (connection.claims > 0 && !connection.tainted) {
            throw new Violation(connection + " was claimed and is offered again");
        }
        if (model.now < refusalSeen + HandoffModel.REFUSAL_PAUSE && refusalSeen != Long.MIN_VALUE) {
            throw new Violation(this + " refused less than 100 ms ago and gets an offer");
        }
        model.checkOrder(connection);
        int most = model.limit.limits().perWorker();
        if (most > 0 && !tainted && !worker.exited && worker.connections() >= most) {
            throw new Violation(this + " gets " + connection + " beside " + worker.connections()
                    + " others, the limit of its worker is " + most);
        }
        if (!looksPrompt(sequence, Math.max(HandoffModel.PROMPT, model.excused()))) {
            for (SimLane other : model.lanes) {
                // Twice: it may have begun to want while the master chose.
                boolean takes =
                        other.wantsReadTwice && model.now >= other.passedOverUntil && !other.paused && !other.stalled;
                if (other != this
                        && takes
                        && other.lane.freeCells() > 0
                        && !other.lane.isFull()
                        && other.looksPrompt(-1, HandoffModel.PROMPT)) {
                    throw new Violation(this + " stalls and gets an offer although " + other + " is prompt");
                }
            }
        }
    }

    private boolean inPipe(int cell) {
        return pipe.stream().anyMatch(message -> page.cellOf(message.sequence()) == cell);
    }

    /** By what the master has seen: no old offer but this one, no revoked copy. */
    private boolean looksPrompt(long butFor, long limit) {
        if (lane.isEnded() || dead) {
            return false;
        }
        for (Slot slot : lane.slots()) {
            boolean old = slot.state.offered() && model.now - slot.offeredAt >= limit;
            if (slot.sequence != butFor && (old || slot.state == ClaimState.REVOKED)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return "lane " + number;
    }
}
