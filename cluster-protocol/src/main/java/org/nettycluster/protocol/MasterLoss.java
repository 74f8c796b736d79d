package org.nettycluster.protocol;

/** What a worker does when its master is gone. */
public enum MasterLoss {
    /** Serves what it has received, as in any drain, and exits after that. */
    DRAIN,
    /** Exits at once. */
    EXIT
}
