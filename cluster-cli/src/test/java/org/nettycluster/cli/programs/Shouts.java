package org.nettycluster.cli.programs;

import java.io.PrintStream;

/** {@link Greets}, which first prints more than a pipe holds to {@code out} or {@code err}, as its first argument says. */
public final class Shouts {
    private Shouts() {}

    public static void main(String... args) throws Exception {
        PrintStream stream = args[0].equals("out") ? System.out : System.err;
        for (int i = 0; i < 2000; i++) {
            stream.println("a".repeat(100));
        }
        Greets.main(args[1]);
    }
}
