package org.nettycluster.benchmarks.load;

import java.util.Locale;

/** What is counted beside the attempts: none of these ends one. */
public enum Aside {
    /** Connections that were begun. */
    CONNECTIONS,
    /** The server closed an idle connection although its last answer had not announced it (no GOAWAY, in HTTP/2). */
    CLOSED_UNANNOUNCED,
    /** A reset instead of an EOF, after a complete answer. */
    RESET_AFTER_ANSWER,
    /** A close that the last answer had announced did not come within the timeout. */
    CLOSE_OVERDUE,
    /** A stream above the last one that a GOAWAY allowed: it was sent again on another connection. */
    REFUSED_BY_GOAWAY;

    /** As the JSON line spells it. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
