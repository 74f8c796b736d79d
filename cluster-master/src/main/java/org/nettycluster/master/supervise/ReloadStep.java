package org.nettycluster.master.supervise;

/** How far the replacement of one slot's worker has come. */
public enum ReloadStep {
    /** The new process is started beside the old one. */
    STARTING,
    /** The new worker can serve. */
    READY,
    /** The new worker takes connections together with the old one, for as long as the bake lasts. */
    BAKING,
    /** The new worker has the seat; the old one ends its connections. */
    DRAINING,
    /** The old process has ended. */
    DONE,
    /** The new worker has failed; the old one keeps the seat. */
    FAILED
}
