package org.nettycluster.cli.programs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * {@link Greets}, unless the file that is its second argument says that it crashes, or that it never gets ready: in the
 * line of its slot, or the last line.
 */
public final class Fickle {
    private Fickle() {}

    public static void main(String... args) throws Exception {
        List<String> moods = Files.readAllLines(Path.of(args[1]));
        int slot = Integer.parseInt(System.getenv("NCLUSTER_SLOT"));
        String mood = moods.get(Math.min(slot, moods.size()) - 1);
        if (mood.equals("crash")) {
            System.err.println("the new version has a flaw");
            System.exit(3);
        }
        while (mood.equals("hang")) {
            LockSupport.park();
        }
        Greets.main(args);
    }
}
