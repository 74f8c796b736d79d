package org.nettycluster.master;

/**
 * A slot gave up before every worker of the fleet was ready once; the message names it, its last line and the way out. The
 * others serve on, and whoever waits decides whether that is enough.
 */
public final class FleetIncompleteException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final int slot;

    FleetIncompleteException(int slot, String message) {
        super(message);
        this.slot = slot;
    }

    /** The first that gave up. */
    public int slot() {
        return slot;
    }
}
