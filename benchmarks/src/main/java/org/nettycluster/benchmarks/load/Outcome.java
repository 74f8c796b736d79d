package org.nettycluster.benchmarks.load;

import java.util.Locale;

/** How one attempt of a client ended: exactly one of these. */
public enum Outcome {
    /** The whole expected answer came. */
    OK,
    /** connect(2) was refused. */
    REFUSED,
    /** The connection was reset or closed before the first byte of an answer. */
    RESET_BEFORE,
    /** It was reset or closed within the answer. */
    RESET_WITHIN,
    /** Nothing, or not everything, came in time. */
    TIMEOUT,
    /** A complete answer that is not the expected one. */
    WRONG;

    /** As the JSON line spells it. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
