package org.nettycluster.benchmarks.faults;

/** One fault, and what must not come of it. Stateless; {@link Scenarios} lists them all. */
public interface Scenario {
    /** What the command calls it. */
    String name();

    /** When it has passed, in words. */
    String promise();

    /**
     * Does it. Whatever it starts through the stage is ended behind it, however it ends; an exception is a failure.
     *
     * @param verdict to be filled with requirements and figures
     */
    void run(Stage stage, Verdict verdict) throws Exception;
}
