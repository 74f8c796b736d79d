package org.nettycluster.master.supervise;

/** What may happen to a place for one process. */
enum SlotEvent {
    /** A process shall sit here, now: the first one, or the back-off is over, or somebody asks for it. */
    DUE,
    /** The process says that it can serve. */
    READY,
    /** The process was to be ready by now. */
    LATE,
    /** The process has ended, unasked, and shall have a successor. */
    CRASHED,
    /** The process has ended, unasked, and that was once too often. */
    BROKE,
    /** The process has ended, and nobody shall follow it here. */
    LEFT,
    /** The process shall end its connections and go. */
    DRAIN,
    /** The process has ended its connections, or was to have done so by now. */
    DRAINED,
    /** The process shall go at once: it has served nobody. */
    STOP
}
