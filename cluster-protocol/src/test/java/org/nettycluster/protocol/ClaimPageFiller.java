package org.nettycluster.protocol;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process of its own that creates a page where there may be no room for it. */
final class ClaimPageFiller {
    /** Exit code for an exception, as against a signal. */
    static final int REFUSED = 33;

    private ClaimPageFiller() {}

    public static void main(String[] args) {
        try {
            ClaimPage page = ClaimPage.create(Path.of(args[0]), Integer.parseInt(args[1]));
            // A store to each cell: without room behind the mapping this is where SIGBUS would strike.
            for (int cell = 0; cell < page.window(); cell++) {
                page.settled(cell);
            }
        } catch (IOException e) {
            try (PrintStream out =
                    new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)) {
                out.println(e);
            }
            System.exit(REFUSED);
        }
    }
}
