package org.nettycluster.cli.programs;

/** {@link Greets}, which has first left a process behind: its parent ends at once, and it does soon. */
public final class LeavesAnOrphan {
    private LeavesAnOrphan() {}

    public static void main(String... args) throws Exception {
        new ProcessBuilder("sh", "-c", "sleep 1 & exit 0").start().waitFor();
        Greets.main(args);
    }
}
