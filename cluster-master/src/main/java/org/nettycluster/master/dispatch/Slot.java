package org.nettycluster.master.dispatch;

import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ClaimState;

/**
 * The master's side of one cell of a {@link Lane}: empty, or offered (holds the connection), or revoked (waits for the late
 * fd). On the master's loop.
 */
final class Slot {
    long sequence;

    @Nullable
    AcceptedConnection connection;

    ClaimState state = ClaimState.EMPTY;
    long offeredAt;
    /** The lane's last turn before this one, and what this one cost. */
    long turnBefore;

    long paid;
    /** When the master last found it unclaimed. */
    long lastSeen;

    /** The peer of the last connection that was claimed from here. */
    byte @Nullable [] lastClaimed;

    boolean isEmpty() {
        return state == ClaimState.EMPTY;
    }

    void clear() {
        connection = null;
        state = ClaimState.EMPTY;
    }
}
