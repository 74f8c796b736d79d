package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.nettycluster.benchmarks.attack.Stranger;
import org.nettycluster.master.control.RunDirectory;

/** A process of another user calls, first as the directory is, then though somebody has opened it by mistake. Stateless. */
final class OtherUser {
    private static final String NAME = "another user";
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    private OtherUser() {}

    static void attack(Stage stage, Refusals refusals) throws Exception {
        if (RunDirectory.currentUid() != 0) {
            refusals.skip(NAME, "only root can start a process of another user");
            return;
        }
        if (!Files.isExecutable(SETPRIV)) {
            refusals.skip(NAME, "there is no " + SETPRIV);
            return;
        }
        Path run = stage.directory().resolve("run");
        List<Path> sockets = List.of(run.resolve("control.sock"), run.resolve("admin.sock"));
        String closed = call(sockets.get(0));
        stage.say(NAME + " at a directory of mode 0700: " + closed);
        if (!closed.equals("Permission denied")) {
            throw new IOException("another user was not kept out: " + closed);
        }
        mode(stage.directory(), "rwx--x--x");
        mode(run, "rwx--x--x");
        for (Path socket : sockets) {
            mode(socket, "rw-rw-rw-");
            refusals.expect(NAME + " at " + socket.getFileName(), socket + ": it connected (limit: only user", () -> {
                String answer = call(socket);
                stage.say(NAME + " at an open socket: " + answer);
            });
            mode(socket, "rw-------");
        }
        mode(run, "rwx------");
        mode(stage.directory(), "rwx------");
    }

    private static String call(Path socket) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        SETPRIV.toString(),
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups",
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Stranger.class.getName(),
                        socket.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return said;
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
