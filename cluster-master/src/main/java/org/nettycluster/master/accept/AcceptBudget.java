package org.nettycluster.master.accept;

/**
 * How many connections to accept at one wake-up, and whether to look once more at its end, so that neither a call is
 * wasted on EAGAIN when one client comes at a time, nor a wake-up on each of many. Pure; one for each listener.
 *
 * <p>The listening socket is level-triggered: what is left behind is reported again at once, so a budget that is too
 * small costs a wake-up, and one that is too large costs one accept4 that says EAGAIN. Whether there is more is asked
 * when what there was has been handed off, which gives the next client time to come: after a look that found somebody,
 * else at every {@value #RARELY}th wake-up. The budget doubles after {@value #PATIENCE} looks in a row that used it up.
 */
final class AcceptBudget {
    /** The loop must come back to control and lanes. */
    static final int MAX = 64;

    private static final int PATIENCE = 8;
    private static final int RARELY = 6;

    private int budget = 1;
    private int usedUp;
    private int unasked;
    private boolean found;

    int get() {
        return budget;
    }

    /** The budget was used up, and what was accepted is on its way: whether to look once more. */
    boolean asksForMore() {
        if (more() == 0 || (!found && ++unasked < RARELY)) {
            return false;
        }
        unasked = 0;
        return true;
    }

    /** How many more to accept then. */
    int more() {
        return Math.min(budget, MAX - budget);
    }

    /** So many were found then, of as many as were allowed. */
    void found(int accepted, int most) {
        found = accepted > 0;
        usedUp = accepted == most ? usedUp + 1 : 0;
        if (usedUp == PATIENCE) {
            usedUp = 0;
            budget = Math.min(MAX, budget * 2);
        }
    }

    /** The backlog was empty after so many, before the budget was used up. */
    void empty(int accepted) {
        usedUp = 0;
        budget = Math.max(1, accepted);
    }
}
