package org.nettycluster.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a cell of the claim page says about one offer. The code is the wire: it is stored in the low three bits of the
 * cell's word and never changes meaning.
 */
public enum ClaimState {
    /** Nothing was offered here yet; also the meaning of a zeroed page. */
    EMPTY(0),
    /** The master has sent the fd down the lane, or is about to. */
    OFFERED(1),
    /** The same for a connection that was revoked from some lane before: a stale copy of its fd may still lie about. */
    OFFERED_AGAIN(2),
    /** The worker owns the connection; the master closes its dup. */
    CLAIMED(3),
    /** The worker cannot take it; the master offers it elsewhere. */
    REFUSED(4),
    /** The master took the offer back; the fd in the pipe is dead. */
    REVOKED(5),
    /** The worker has closed the dead fd; the cell can be used again. */
    RETURNED(6);

    private static final ClaimState[] STATES = values();

    private final int code;

    ClaimState(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** Whether the worker may still claim it. */
    public boolean offered() {
        return this == OFFERED || this == OFFERED_AGAIN;
    }

    /**
     * The state in a cell's word.
     *
     * @return null where the low bits are none that we write: a broken worker did
     */
    @Nullable
    static ClaimState of(long word) {
        int code = (int) (word & 7);
        for (ClaimState state : STATES) {
            if (state.code == code) {
                return state;
            }
        }
        return null;
    }
}
