package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.nettycluster.master.control.RunDirectory;

/** Run directories that somebody else has a hand in. Stateless. */
final class Directories {
    private static final int NOBODY = 65534;

    private Directories() {}

    static void attack(Stage stage, Refusals refusals) throws IOException, InterruptedException {
        Path home = Files.createDirectory(stage.directory().resolve("unsafe"));
        Path good = make(home.resolve("good"), "rwx------");
        refusals.expectNoStart(
                "a symbolic link for a run directory",
                Files.createSymbolicLink(home.resolve("link"), good),
                "is a symbolic link");
        refusals.expectNoStart(
                "a run directory for everybody", make(home.resolve("open"), "rwxrwxrwx"), "has mode 0777, not 0700");
        make(home.resolve("parent"), "rwxrwxrwx");
        refusals.expectNoStart(
                "a run directory that everybody can swap",
                make(home.resolve("parent/run"), "rwx------"),
                "can be written by others (mode 0777) and is not a sticky directory of root");
        Path precious = Files.writeString(home.resolve("precious"), "precious");
        Path linked = make(home.resolve("linked"), "rwx------");
        Files.createLink(linked.resolve("master.lock"), precious);
        refusals.expectNoStart("a lock that is another file", linked, "has 2 names");
        if (RunDirectory.currentUid() != 0) {
            refusals.skip("files of somebody else", "only root can give a file away");
            return;
        }
        Path foreign = make(home.resolve("foreign"), "rwx------");
        Files.setAttribute(foreign, "unix:uid", NOBODY);
        refusals.expectNoStart("somebody else's run directory", foreign, "belongs to user 65534, not to us (0)");
        Path planted = make(home.resolve("planted"), "rwx------");
        Files.setAttribute(Files.writeString(planted.resolve("control.sock"), ""), "unix:uid", NOBODY);
        refusals.expectNoStart("a socket that was there before", planted, "belongs to user 65534, not to us (0)");
    }

    private static Path make(Path directory, String mode) throws IOException {
        Files.createDirectory(directory);
        // Afterwards: the umask does not count here.
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
    }
}
