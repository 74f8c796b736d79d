package org.nettycluster.benchmarks.record;

/** What had become of the connection of a failed attempt. */
public enum Fate {
    /** It stands in the record of a worker that was killed. */
    CLAIMED,
    /** It does not, but the master saw that worker's claim: killed between the claim and its next line of code. */
    CLAIMED_UNRECORDED,
    /** It stands in the record of a worker that nobody had killed. */
    SPARED,
    /** Nobody knows of it. */
    LOST
}
