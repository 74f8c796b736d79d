package org.nettycluster.benchmarks.faults.program;

/** The HTTP example, until three seconds have passed. */
public final class DiesServing {
    /** Its last words. */
    public static final String REASON = "out of connections to the database";

    private static final int EXIT_CODE = 7;

    private DiesServing() {}

    /** See the class. */
    public static void main(String... args) throws ReflectiveOperationException {
        Thread end = new Thread(DiesServing::end);
        end.setDaemon(true);
        end.start();
        Class.forName("org.nettycluster.examples.http.HttpExample")
                .getMethod("main", String[].class)
                .invoke(null, (Object) args);
    }

    private static void end() {
        try {
            Thread.sleep(3000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.err.println(REASON);
        // What runs is cut, as in any crash.
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
