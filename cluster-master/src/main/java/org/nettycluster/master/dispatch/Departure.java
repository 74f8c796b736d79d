package org.nettycluster.master.dispatch;

import java.util.Objects;
import java.util.Queue;
import org.nettycluster.master.dispatch.LanePort.Sent;

/**
 * The way out of the master: a connection gets a cell of its lane at once, and its message goes later, with others of the
 * same lane. The first message wakes a worker, which may take the processor from the master before the second is sent;
 * those that follow closely find it awake.
 *
 * <p>Between the two nothing may look at the lane's page. Part of the {@link Dispatcher}, on its thread.
 */
final class Departure {
    private final long pause;
    private final Queue<AcceptedConnection> returned;
    private long turns;
    private long starvedUntil = Long.MIN_VALUE;
    private long sent;

    /**
     * @param pause nanoseconds for which a full lane is passed over, and for which nothing is sent after the kernel said
     *     that it can't pass descriptors now
     * @param returned takes what could not be sent
     */
    Departure(long pause, Queue<AcceptedConnection> returned) {
        this.pause = pause;
        this.returned = returned;
    }

    /** Gives the connection a cell of the lane, which must have a free one. */
    void offer(AcceptedConnection connection, Lane lane, long now) {
        Slot slot = lane.take(connection, ++turns, now);
        lane.cells().offer(slot.sequence, slot.state, connection.address());
    }

    /** Sends what the lane was given, in order; from the first failure on it comes back to wait for another lane. */
    void send(Lane lane, long now) {
        while (lane.hasUnsent()) {
            AcceptedConnection connection = Objects.requireNonNull(lane.firstUnsent().connection, "not sent, not here");
            Sent outcome = isStarved(now) ? Sent.STARVED : lane.port().send(connection.fd());
            if (outcome != Sent.YES) {
                takeBack(lane);
                switch (outcome) {
                    case FULL -> lane.passOver(now + pause);
                    case STARVED -> starvedUntil = Math.max(starvedUntil, now + pause);
                    default -> lane.died();
                }
                return;
            }
            lane.sent();
            sent++;
        }
    }

    /** Whether the kernel has refused to pass any descriptor, to anybody, a moment ago. */
    boolean isStarved(long now) {
        return now < starvedUntil;
    }

    /** How many messages have gone out. */
    long sent() {
        return sent;
    }

    private void takeBack(Lane lane) {
        while (lane.hasUnsent()) {
            Slot slot = lane.lastTaken();
            returned.add(Objects.requireNonNull(slot.connection, "not sent, not here"));
            lane.cells().withdraw(slot.sequence);
            lane.untake();
        }
    }
}
