package org.nettycluster.master.dispatch;

import java.util.ArrayList;
import java.util.List;
import org.nettycluster.master.dispatch.LanePort.Sent;

/**
 * The lanes of one listener whose workers accept for themselves. It chooses nothing; it counts what they have, and notices
 * who takes nothing any more. On the master's loop.
 */
public final class SharedLanes {
    private final Capacity capacity;
    private final List<Member> members = new ArrayList<>();
    private long before;

    /** @param capacity shared with the dispatchers of the same workers */
    public SharedLanes(Capacity capacity) {
        this.capacity = capacity;
    }

    private static final class Member {
        final Lane lane;
        boolean wanted;

        Member(Lane lane) {
            this.lane = lane;
        }
    }

    /** A lane has opened. */
    public void opened(Lane lane) {
        capacity.opened(lane);
        members.add(new Member(lane));
    }

    /** A lane has ended; false if that was known. Connections of its worker may live on. */
    public boolean ended(Lane lane) {
        if (lane.isEnded()) {
            return false;
        }
        before += lane.cells().accepted();
        lane.end();
        members.removeIf(member -> member.lane == lane);
        return true;
    }

    /** Whether anybody who took connections at the last look takes none any more. */
    public boolean anyStopped() {
        boolean stopped = false;
        for (Member member : members) {
            boolean wants = member.lane.cells().wants();
            stopped |= member.wanted && !wants;
            member.wanted = wants;
        }
        return stopped;
    }

    /** Connections of these workers may have ended, for which clients of other listeners wait. */
    public void freed() {
        capacity.freed(null);
    }

    /** Sends the descriptor down the lane; false if it may succeed later. */
    public boolean send(Lane lane, int fd) {
        Sent sent = lane.port().send(fd);
        return sent == Sent.YES || sent == Sent.DEAD;
    }

    /** The open lanes, in the order in which they opened. */
    public List<Lane> open() {
        return members.stream().map(member -> member.lane).toList();
    }

    /** The counts so far: what was accepted was accepted by its worker. */
    public HandoffCounters counters() {
        long accepted = before;
        for (Member member : members) {
            accepted += member.lane.cells().accepted();
        }
        return new HandoffCounters(accepted, 0, accepted, 0, 0, 0, 0);
    }

    /** The listener is closed for good. */
    public void close() {
        open().forEach(this::ended);
    }
}
