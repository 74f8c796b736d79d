package org.nettycluster.benchmarks.faults.program;

/** Starts, says so, and never serves. */
public final class NeverReady {
    /** What it says. */
    public static final String REASON = "waiting for the database";

    private NeverReady() {}

    /** See the class. */
    public static void main(String... args) throws InterruptedException {
        System.err.println(REASON);
        Thread.sleep(Long.MAX_VALUE);
    }
}
