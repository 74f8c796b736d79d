package org.nettycluster.cli.programs;

/** Says why, and ends before it has bound anything. */
public final class ExitsWithThree {
    private ExitsWithThree() {}

    public static void main(String... args) {
        System.err.println("the configuration is missing");
        System.exit(3);
    }
}
