package org.nettycluster.benchmarks.faults.program;

/** Ends before it serves, and says why. */
public final class CrashesAtStart {
    /** Why. */
    public static final String REASON = "the table prices has no column currency";

    private CrashesAtStart() {}

    /** See the class. */
    public static void main(String... args) {
        System.err.println(REASON);
        System.exit(3);
    }
}
