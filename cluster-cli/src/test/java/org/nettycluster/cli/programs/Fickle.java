package org.nettycluster.cli.programs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** {@link Greets}, unless the file that is its second argument says that it crashes, or that it never gets ready. */
public final class Fickle {
    private Fickle() {}

    public static void main(String... args) throws Exception {
        String mood = Files.readString(Path.of(args[1])).strip();
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
