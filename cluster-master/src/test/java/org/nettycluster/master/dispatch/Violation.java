package org.nettycluster.master.dispatch;

/** The model has reached a state that the contract forbids. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String what) {
        super(what);
    }
}
