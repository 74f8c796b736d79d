package org.nettycluster.master.supervise;

/** What a place for one process is doing. {@link SlotMachine} says how it changes. */
public enum SlotState {
    /** Its process runs but cannot serve yet. */
    STARTING,
    /** Its process serves. */
    READY,
    /** Its process gets no more connections and ends those that it has. */
    DRAINING,
    /** Its process has served its last connection, or never served, and is made to exit. */
    STOPPING,
    /** Its process has crashed; the next one waits for the back-off. */
    BACKING_OFF,
    /** Its processes crashed too often: none is started until a restart or a reload asks for it. */
    GAVE_UP
}
