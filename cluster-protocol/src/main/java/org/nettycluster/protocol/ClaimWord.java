package org.nettycluster.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The one long that decides who owns a connection: {@code sequence << 3 | state}.
 *
 * <pre>
 *  63                                              3 2   0
 * +-------------------------------------------------+-----+
 * |  sequence: the n-th message of this lane, from 0 |state|
 * +-------------------------------------------------+-----+
 * </pre>
 *
 * <p>The sequence is part of every compare-and-set, so that a late message can never touch a later offer in the same
 * cell.
 */
public final class ClaimWord {
    private ClaimWord() {}

    /** The word for an offer's state. */
    public static long of(long sequence, ClaimState state) {
        return sequence << 3 | state.code();
    }

    /** The number of the message that the word speaks of. */
    public static long sequence(long word) {
        return word >>> 3;
    }

    /** The state, or null where the bits are none that we write. */
    public static @Nullable ClaimState state(long word) {
        return ClaimState.of(word);
    }

    /** {@code OFFERED(5)}, for logs and failures. */
    public static String describe(long word) {
        ClaimState state = state(word);
        return (state == null ? "?" + (word & 7) : state.name()) + "(" + sequence(word) + ")";
    }
}
