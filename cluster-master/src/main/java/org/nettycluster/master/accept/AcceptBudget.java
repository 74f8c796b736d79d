package org.nettycluster.master.accept;

/**
 * How many connections to accept at one wake-up, so that neither a call is wasted on EAGAIN when one client comes at a
 * time, nor a wake-up on each of many. Pure; one for each listener.
 *
 * <p>The listening socket is level-triggered: what is left behind is reported again at once, so a budget that is too
 * small costs a wake-up, and one that is too large costs one accept4 that says EAGAIN. It grows only after it was used
 * up {@value #PATIENCE} times in a row.
 */
final class AcceptBudget {
    /** The loop must come back to control and lanes. */
    static final int MAX = 64;

    private static final int PATIENCE = 8;

    private int budget = 1;
    private int usedUp;

    int get() {
        return budget;
    }

    /** The budget was used up before the backlog was seen empty. */
    void usedUp() {
        if (++usedUp >= PATIENCE) {
            usedUp = 0;
            budget = Math.min(MAX, budget * 2);
        }
    }

    /** The backlog was empty after so many. */
    void empty(int accepted) {
        usedUp = 0;
        budget = Math.max(1, accepted);
    }
}
