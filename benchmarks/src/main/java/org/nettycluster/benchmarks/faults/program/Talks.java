package org.nettycluster.benchmarks.faults.program;

/** The HTTP example, which prints 200 lines a second besides. */
public final class Talks {
    private static final String LINE = "the price list has 4711 entries, and nobody has asked for it. ".repeat(3);

    private Talks() {}

    /** See the class. */
    public static void main(String... args) throws ReflectiveOperationException {
        Thread talking = new Thread(Talks::talk);
        talking.setDaemon(true);
        talking.start();
        Class.forName("org.nettycluster.examples.http.HttpExample")
                .getMethod("main", String[].class)
                .invoke(null, (Object) args);
    }

    private static void talk() {
        try {
            while (true) {
                System.out.println(LINE);
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
