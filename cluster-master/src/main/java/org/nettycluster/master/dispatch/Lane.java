package org.nettycluster.master.dispatch;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.schedule.Candidate;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.WorkerId;

/**
 * What the master knows of one worker's lane for one listener: a ring of slots, one for each cell of the claim page.
 * Which cells are free is the master's private knowledge: their slot is empty. Owned by its {@link Dispatcher}.
 */
public final class Lane implements Candidate {
    private static final long STOPPED_FRESH = TimeUnit.MILLISECONDS.toNanos(5);

    private final WorkerId worker;
    private final Cells cells;
    private final LanePort port;
    private final Slot[] slots;
    private long nextSequence;
    private final Turns turns = new Turns();
    private long taken;
    private long mostClosed;
    private @Nullable Capacity capacity;
    /** Of its own connections; 0 for none. */
    int limit;
    /** The last so many slots of the ring that were taken wait for {@link #sent}. */
    private int unsent;

    private boolean proven;
    private final ClaimTime claimTime = new ClaimTime();
    private boolean bellArmed;
    private long passedOverUntil = Long.MIN_VALUE;
    private boolean dead;
    private boolean ended;
    private boolean paused;
    private boolean stalled;
    private boolean stopped;
    private long stoppedAsOf = Long.MIN_VALUE;

    // What the last look at the page showed.
    private int revokedCells;
    private int offeredCells;
    private long oldestOffer = Long.MAX_VALUE;

    /**
     * @param worker whose lane it is
     * @param cells its claim cells, fresh
     * @param port its socket
     */
    public Lane(WorkerId worker, Cells cells, LanePort port) {
        this.worker = worker;
        this.cells = cells;
        this.port = port;
        slots = new Slot[cells.window()];
        Arrays.setAll(slots, i -> new Slot());
    }

    @Override
    public WorkerId worker() {
        return worker;
    }

    @Override
    public long lastTurn() {
        return turns.last();
    }

    @Override
    public long given() {
        return turns.given();
    }

    @Override
    public long connections() {
        return capacity == null ? open() : capacity.open(worker);
    }

    @Override
    public long age() {
        return turns.age();
    }

    Turns turns() {
        return turns;
    }

    /**
     * Consecutive empty slots from the head of the ring: one unclaimed offer stops the ring when it comes round. A lane
     * that has not claimed anything yet holds one offer at a time: its JVM still loads classes.
     */
    @Override
    public int freeCells() {
        if (!proven) {
            return offeredCells + revokedCells == 0 ? 1 : 0;
        }
        int free = 0;
        while (free < slots.length && slot(nextSequence + free).isEmpty()) {
            free++;
        }
        return free;
    }

    Cells cells() {
        return cells;
    }

    LanePort port() {
        return port;
    }

    Slot[] slots() {
        return slots;
    }

    Slot slot(long sequence) {
        return slots[(int) (sequence % slots.length)];
    }

    /** Puts a connection in the next slot; the caller offers it in the cell, and sends it when its turn comes. */
    Slot take(AcceptedConnection connection, long turn, long now) {
        Slot slot = slot(nextSequence);
        slot.sequence = nextSequence;
        slot.connection = connection;
        slot.state = connection.revocations() > 0 ? ClaimState.OFFERED_AGAIN : ClaimState.OFFERED;
        slot.offeredAt = now;
        slot.lastSeen = now;
        nextSequence++;
        offeredCells++;
        oldestOffer = Math.min(oldestOffer, now);
        slot.turnBefore = turns.last();
        slot.paid = turns.price();
        turns.take(turn, now);
        taken++;
        unsent++;
        return slot;
    }

    /** Whether a slot was taken whose message has not been sent. */
    boolean hasUnsent() {
        return unsent > 0;
    }

    /** The slot whose message has to go first. */
    Slot firstUnsent() {
        return slot(nextSequence - unsent);
    }

    /** The slot that was taken last. */
    Slot lastTaken() {
        return slot(nextSequence - 1);
    }

    /** The message of {@link #firstUnsent} is on its way. */
    void sent() {
        unsent--;
    }

    /** The last slot's message will not be sent: it is empty, its sequence will be used again, and it keeps its turn. */
    void untake() {
        Slot slot = lastTaken();
        nextSequence--;
        unsent--;
        turns.undo(slot.turnBefore, slot.paid);
        taken--;
        offeredCells--;
        if (offeredCells == 0) {
            oldestOffer = Long.MAX_VALUE;
        }
        slot.clear();
    }

    /** A connection that it was given came back: it did not get its share. */
    void gaveBack(Slot slot) {
        turns.refund(slot.paid);
        taken--;
    }

    /** It has claimed a connection. */
    void claimed() {
        proven = true;
    }

    /** A claim was seen. With the bell armed it has just been made; else it may be older. */
    void sawClaim(Slot slot, long now) {
        long atMost = now - slot.offeredAt;
        claimTime.add(bellArmed ? atMost : slot.lastSeen - slot.offeredAt, atMost, now);
    }

    /** Asks the worker to ring at its next claim. */
    void armBell() {
        bellArmed = true;
        cells.armBell();
    }

    /** Its worker has rung, or would have: the bell is used up. */
    void bellUsed() {
        bellArmed = false;
    }

    /** What it has taken lately from an offer to its claim, in nanoseconds, or {@link ClaimTime#UNKNOWN}. */
    long claimTime(long now) {
        return claimTime.get(now);
    }

    boolean isProven() {
        return proven;
    }

    /** Takes connections at all: its worker wants them, and nothing that time will heal is in the way, nor a limit. */
    boolean usable(long now) {
        return usableButForLimit(now) && !isFull();
    }

    boolean usableButForLimit(long now) {
        return !dead && !ended && now >= passedOverUntil && wants();
    }

    /** Whether it may hold offers: its worker wants them, and nobody has paused it. */
    boolean wants() {
        return !paused && !ended && cells.wants();
    }

    /** Whether nothing but a limit of connections keeps it from one more. */
    boolean isFull() {
        return capacity != null && capacity.full(this);
    }

    /** Has at most so many connections at once, 0 for no limit of its own. Before it opens. */
    public void limit(int connections) {
        limit = connections;
    }

    void limitBy(Capacity capacity) {
        this.capacity = capacity;
    }

    /**
     * Connections that it was given and that have not ended, whether claimed yet or not: never fewer than there are, and
     * never more than it was given, whatever stands on the page.
     */
    long open() {
        taken = Math.max(taken, cells.accepted());
        mostClosed = Math.max(mostClosed, Math.min(cells.closed(), taken));
        return Math.max(0, taken - mostClosed);
    }

    /** Usable, and nothing says that it stalls: no offer older than the limit, no revoked copy outstanding. */
    boolean healthy(long now, long promptWithin) {
        return usable(now) && revokedCells == 0 && (offeredCells == 0 || now - oldestOffer < promptWithin);
    }

    /** From now on it gets nothing, and what is not claimed comes back at the next look; or it takes its turns again. */
    public void pause(boolean pause) {
        paused = pause;
    }

    /** Whether somebody has paused it. */
    public boolean isPaused() {
        return paused;
    }

    /** Its worker was seen to stand: it gets something only if no other lane is well; or it moves again. */
    public void stall(boolean stall) {
        stalled = stall;
    }

    boolean isStalled() {
        return stalled;
    }

    /** Whether its process is stopped, as of the last few milliseconds. */
    boolean isStopped(long now) {
        if (stoppedAsOf == Long.MIN_VALUE || now - stoppedAsOf >= STOPPED_FRESH) {
            stoppedAsOf = now;
            stopped = port.isStopped();
        }
        return stopped;
    }

    void passOver(long until) {
        passedOverUntil = Math.max(passedOverUntil, until);
    }

    boolean passedOver(long now) {
        return now < passedOverUntil;
    }

    void died() {
        dead = true;
    }

    /** For whoever looks for the connections of a worker that was killed. */
    void tellLastClaims() {
        for (Slot slot : slots) {
            if (slot.lastClaimed != null) {
                port.endedWithClaim(slot.lastClaimed);
            }
        }
    }

    boolean isEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    boolean hasOffers() {
        return offeredCells > 0;
    }

    long oldestOffer() {
        return oldestOffer;
    }

    /** Recomputes what the slots show after a look at the page. */
    void recount() {
        revokedCells = 0;
        offeredCells = 0;
        oldestOffer = Long.MAX_VALUE;
        for (Slot slot : slots) {
            switch (slot.state) {
                case REVOKED -> revokedCells++;
                case OFFERED, OFFERED_AGAIN -> {
                    offeredCells++;
                    oldestOffer = Math.min(oldestOffer, slot.offeredAt);
                }
                default -> {}
            }
        }
    }

    @Override
    public String toString() {
        return "lane of worker " + worker;
    }
}
