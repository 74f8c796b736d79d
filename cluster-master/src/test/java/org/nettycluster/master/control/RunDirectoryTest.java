package org.nettycluster.master.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RunDirectoryTest {
    // Under /tmp and short: sockaddr_un is, too.
    private final Path home = Files.createTempDirectory(Path.of("/tmp"), "nc");
    private final Path wanted = home.resolve("run");

    RunDirectoryTest() throws IOException {}

    @AfterEach
    void remove() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setAttribute(path, "unix:mode", Integer.parseInt(mode, 8), LinkOption.NOFOLLOW_LINKS);
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> RunDirectory.open(wanted))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }

    private String openedByAnotherProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RunDirectoryMain.class.getName(),
                        wanted.toString())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void isCreatedForUsAlone() throws IOException {
        Path deep = wanted.resolve("a/b");
        try (RunDirectory directory = RunDirectory.open(deep)) {
            assertThat(directory.path()).isEqualTo(deep.toRealPath());
            assertThat(directory.socket()).isEqualTo(directory.path().resolve("control.sock"));
            for (Path each : new Path[] {wanted, wanted.resolve("a"), deep}) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                        .isEqualTo("rwx------");
            }
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(deep.resolve("master.lock"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void groupWritableIsRefused() throws IOException {
        Files.createDirectory(wanted);
        mode(wanted, "0770");
        assertRefused("has mode 0770, not 0700: choose another one with --run-dir");
    }

    @Test
    void foreignOwnerIsRefused() throws IOException {
        assumeTrue(RunDirectory.currentUid() == 0, "only root can give a directory away");
        Files.createDirectory(
                wanted, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setAttribute(wanted, "unix:uid", 65534);
        assertRefused("belongs to user 65534, not to us (0)");
    }

    @Test
    void foreignOwnerOfAParentIsRefused() throws IOException {
        assumeTrue(RunDirectory.currentUid() == 0, "only root can give a directory away");
        Files.setAttribute(home, "unix:uid", 65534);
        assertRefused(home + " belongs to user 65534, neither to us (0) nor to root");
    }

    @Test
    void symbolicLinkIsRefused() throws IOException {
        Path target = Files.createDirectory(
                home.resolve("target"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createSymbolicLink(wanted, target);
        assertRefused("is a symbolic link");
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void danglingLinkIsRefused() throws IOException {
        Files.createSymbolicLink(wanted, home.resolve("nowhere"));
        assertRefused("is a symbolic link");
        assertThat(home.resolve("nowhere")).doesNotExist();
    }

    @Test
    void linkAmongTheParentsIsFollowedOnce() throws IOException {
        Files.createDirectory(home.resolve("real"));
        Files.createSymbolicLink(home.resolve("link"), home.resolve("real"));
        try (RunDirectory directory = RunDirectory.open(home.resolve("link/run"))) {
            assertThat(directory.path()).isEqualTo(home.toRealPath().resolve("real/run"));
        }
    }

    @Test
    void linkInTheLocksPlaceIsNotFollowed() throws IOException {
        Files.createDirectory(
                wanted, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path victim = Files.writeString(home.resolve("victim"), "precious");
        Files.createSymbolicLink(wanted.resolve("master.lock"), victim);
        assertThatThrownBy(() -> RunDirectory.open(wanted)).isInstanceOf(IOException.class);
        assertThat(victim).hasContent("precious");
    }

    @Test
    void whatSomebodyElseHasLeftInItIsRefused() throws IOException {
        assumeTrue(RunDirectory.currentUid() == 0, "only root can give a file away");
        RunDirectory.open(wanted).close();
        Path planted = Files.writeString(wanted.resolve("control.sock"), "");
        Files.setAttribute(planted, "unix:uid", 65534);
        assertRefused(planted + " belongs to user 65534, not to us (0): remove it");
        assertThat(planted).exists();
        Files.delete(planted);
        RunDirectory.open(wanted).close();
    }

    @Test
    void lockThatIsAnotherFileTooIsRefusedAndThatFileIsUntouched() throws IOException {
        RunDirectory.open(wanted).close();
        Path precious = Files.writeString(home.resolve("precious"), "precious");
        Files.delete(wanted.resolve("master.lock"));
        Files.createLink(wanted.resolve("master.lock"), precious);
        assertRefused("has 2 names");
        assertThat(precious).hasContent("precious");
    }

    @Test
    void parentThatEverybodyMayWriteToIsRefused() throws IOException {
        mode(home, "0777");
        assertRefused(home + " can be written by others (mode 0777) and is not a sticky directory of root");
    }

    @Test
    void stickyParentOfRootIsAccepted() throws IOException {
        assumeTrue(RunDirectory.currentUid() == 0, "only root can make a sticky directory of root's");
        mode(home, "1777");
        RunDirectory.open(wanted).close();
    }

    @Test
    void fileInItsPlaceIsRefused() throws IOException {
        Files.createFile(wanted);
        assertRefused("is not a directory");
    }

    @Test
    void pathThatNoSocketAddressHoldsIsRefused() throws IOException {
        Path tooLong = home.resolve("x".repeat(100));
        assertThatThrownBy(() -> RunDirectory.open(tooLong))
                .hasMessageContaining("(at most 107): choose a shorter one with --run-dir");
        assertThat(tooLong).doesNotExist();
    }

    @Test
    void shortLinkToALongPathIsMeasuredBehindTheLink() throws IOException {
        Path real = Files.createDirectory(home.resolve("x".repeat(100)));
        Files.createSymbolicLink(home.resolve("l"), real);
        assertThatThrownBy(() -> RunDirectory.open(home.resolve("l/run"))).hasMessageContaining("(at most 107)");
    }

    @Test
    void secondMasterIsRefusedWithThePidAndTheFirstIsUntouched() throws Exception {
        try (RunDirectory first = RunDirectory.open(wanted)) {
            Files.createFile(first.socket());
            String why = "another master (pid " + ProcessHandle.current().pid();
            assertRefused(why + ", this very process) runs in " + first.path());
            assertThat(first.socket()).exists();
            // The refusal must not have cost the lock, which belongs to the process.
            assertThat(openedByAnotherProcess()).contains(why + ") runs in " + first.path());
            assertThat(first.socket()).exists();
        }
    }

    @Test
    void canBeUsedAgainAfterClose() throws IOException {
        RunDirectory first = RunDirectory.open(wanted);
        Files.createFile(first.socket());
        first.close();
        assertThat(first.socket()).doesNotExist();
        try (RunDirectory second = RunDirectory.open(wanted)) {
            Files.createFile(second.socket());
            first.close();
            assertThat(second.socket()).exists();
            assertRefused("another master");
        }
    }

    @Test
    void canBeUsedAgainAfterARefusal() throws IOException {
        Files.createDirectory(wanted);
        mode(wanted, "0770");
        assertRefused("has mode 0770");
        mode(wanted, "0700");
        RunDirectory.open(wanted).close();
    }

    @Test
    void socketOfADeadMasterIsRemoved() throws IOException {
        RunDirectory.open(wanted).close();
        Files.createFile(wanted.resolve("control.sock"));
        try (RunDirectory next = RunDirectory.open(wanted)) {
            assertThat(next.socket()).doesNotExist();
        }
    }

    @Test
    void defaultDependsOnWhoWeAre() {
        assertThat(RunDirectory.defaultFor("web", "/run/user/7", 7)).isEqualTo(Path.of("/run/user/7/ncluster/web"));
        assertThat(RunDirectory.defaultFor("web", null, 0)).isEqualTo(Path.of("/run/ncluster/web"));
        assertThat(RunDirectory.defaultFor("web", "", 7)).isEqualTo(Path.of("/tmp/ncluster-7/web"));
        assertThat(RunDirectory.defaultFor("web", "relative", 7)).isEqualTo(Path.of("/tmp/ncluster-7/web"));
    }
}
