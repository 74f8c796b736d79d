package org.nettycluster.benchmarks.faults.program;

/** The HTTP example, with a line on standard error first. */
public final class SaysAndServes {
    /** What it says. */
    public static final String LINE = "the price list has 4711 entries";

    private SaysAndServes() {}

    /** See the class. */
    public static void main(String... args) throws ReflectiveOperationException {
        System.err.println(LINE);
        Class.forName("org.nettycluster.examples.http.HttpExample")
                .getMethod("main", String[].class)
                .invoke(null, (Object) args);
    }
}
