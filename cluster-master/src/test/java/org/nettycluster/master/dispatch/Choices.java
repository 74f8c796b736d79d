package org.nettycluster.master.dispatch;

/** Who decides what happens next in the model: chance, or an exhaustive search. */
interface Choices {
    /** One of the first {@code count} possibilities; the weights say how likely chance should find each. */
    int pick(int count, int[] weights);

    /** Whether this happens, here and now. */
    boolean happens(Fault fault);

    /** How likely this fault is as a step of its own, 0 if it can't happen (any more). */
    int weight(Fault fault);

    /** It happened as a step of its own. */
    void spend(Fault fault);

    /** Whether this run has left the path of those before it, which were checked. */
    default boolean isNew() {
        return true;
    }

    /** A number from 0 to bound-1. */
    int below(int bound);
}
