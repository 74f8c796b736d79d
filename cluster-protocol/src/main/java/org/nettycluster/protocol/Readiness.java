package org.nettycluster.protocol;

/** What makes a worker say {@link Ready}. */
public enum Readiness {
    /** Its first listener is bound and its lane is open. */
    BIND,
    /** The application says so, and nothing else does. */
    EXPLICIT
}
