package org.nettycluster.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file behind a claim page: whose it is, and when it is refused. */
class ClaimPageFileTest {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("page");
    }

    @Test
    void createdForOurEyesOnly() throws IOException {
        ClaimPage.create(file, 8);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.size(file)).isEqualTo(ClaimPage.size(8)).isEqualTo(1024);
    }

    @Test
    void createdExclusively() throws IOException {
        Files.writeString(file, "mine");
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> ClaimPage.create(file, 8));
        assertThat(file).hasContent("mine");
    }

    @Test
    void neverCreatedBehindASymbolicLink() throws IOException {
        Path target = directory.resolve("target");
        Files.createSymbolicLink(file, target);
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> ClaimPage.create(file, 8));
        assertThat(target).doesNotExist();
    }

    /** A limit on a file's size makes write(2) fail half way and needs no privilege. */
    @Test
    void aPageThatCannotBeWrittenWholeIsAnExceptionAndLeavesNothing() throws Exception {
        fillerIsRefused("File too large", "/bin/sh", "-c", "ulimit -f 1 && exec \"$@\"", "sh");
        assertThat(file).doesNotExist();
    }

    @Test
    void aFullFileSystemIsAnExceptionAndNeverASignal() throws Exception {
        boolean root = Files.readString(Path.of("/proc/self/status")).contains("\nUid:\t0\t");
        String[] fourKilobytes = {
            "unshare",
            // Anybody else is root in a user namespace of his own, where the kernel allows that.
            root ? "-m" : "-Urm",
            "/bin/sh",
            "-c",
            "mount -t tmpfs -o size=4k tmpfs '" + directory + "' && exec \"$@\"",
            "sh"
        };
        Outcome probe = run(fourKilobytes, "true");
        assumeTrue(probe.code() == 0, () -> "no tmpfs can be mounted in a namespace of its own here: " + probe.said());
        fillerIsRefused("No space left on device", fourKilobytes);
    }

    private void fillerIsRefused(String why, String... prefix) throws Exception {
        Outcome outcome = run(
                prefix,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                ClaimPageFiller.class.getName(),
                file.toString(),
                Integer.toString(ClaimPage.MAX_WINDOW));
        assertThat(outcome.code()).as(outcome.said()).isEqualTo(ClaimPageFiller.REFUSED);
        assertThat(outcome.said()).contains(why);
    }

    private static Outcome run(String[] prefix, String... command) throws Exception {
        List<String> all = new ArrayList<>(List.of(prefix));
        all.addAll(List.of(command));
        Process process;
        try {
            process = new ProcessBuilder(all).redirectErrorStream(true).start();
        } catch (IOException e) {
            return new Outcome(127, e.getMessage());
        }
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(said).isTrue();
            return new Outcome(process.exitValue(), said);
        } finally {
            process.destroyForcibly();
        }
    }

    private record Outcome(int code, String said) {}

    @Test
    void windowsOutOfRangeAreRefused() throws Exception {
        for (int window : new int[] {Integer.MIN_VALUE, -1, 0, 65, Integer.MAX_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> ClaimPage.create(file, window));
            assertThatIllegalArgumentException().isThrownBy(() -> ClaimPage.inMemory(window));
            assertThatExceptionOfType(ProtocolException.class)
                    .isThrownBy(() -> ClaimPage.open(file, window))
                    .withMessageContaining(window + " cells");
            assertThat(file).doesNotExist();
        }
        ClaimPage.create(file, 64);
        assertThat(ClaimPage.open(file, 64).window()).isEqualTo(64);
        assertThat(ClaimPage.inMemory(1).window()).isEqualTo(1);
    }

    @Test
    void aMissingPageIsAnIoException() {
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> ClaimPage.open(file, 8));
    }

    @Test
    void anyOtherSizeIsRefused() throws IOException {
        ClaimPage.create(file, 8);
        refused("1024 bytes, not 960", 7);
        refused("1024 bytes, not 1088", 9);
        byte[] bytes = Files.readAllBytes(file);
        for (int size : new int[] {0, 1, 512, 1023, 1025, 4096}) {
            Files.write(file, Arrays.copyOf(bytes, size));
            refused(size + " bytes, not 1024", 8);
        }
    }

    @Test
    void anyOtherHeaderIsRefused() throws IOException {
        ClaimPage.create(file, 8);
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at < 8; at++) {
            byte[] other = bytes.clone();
            other[at] ^= 1;
            Files.write(file, other);
            refused("header", 8);
        }
        Files.write(file, new byte[1024]);
        refused("header", 8);
    }

    @Test
    void neverOpenedThroughASymbolicLink() throws IOException {
        Path target = directory.resolve("target");
        ClaimPage.create(target, 8);
        Files.createSymbolicLink(file, target);
        assertThatIOException().isThrownBy(() -> ClaimPage.open(file, 8)).withMessageContaining("symbolic link");
    }

    @Test
    void unmappedAtOnceAndOnlyOnOneSide() throws Exception {
        ClaimPage master = ClaimPage.create(file, 8);
        ClaimPage worker = ClaimPage.open(file, 8);
        Files.delete(file);
        assertThat(mappings()).isEqualTo(2);
        assertThat(master.unmap()).isTrue();
        assertThat(mappings()).isEqualTo(1);
        worker.countAdopted();
        assertThat(worker.adopted()).isEqualTo(1);
        // Not a fault of the process, which is what a late access to a mapping that has ended would be.
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(master::adopted);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> master.wants(true));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> master.offer(0, ClaimState.OFFERED, new byte[8], 0, 8));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> master.heartbeats().stalledSince(1));
        assertThat(master.unmap()).as("a second time").isFalse();
        assertThat(ClaimPage.inMemory(8).unmap())
                .as("of memory that is no file")
                .isFalse();
    }

    private long mappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains(file.toString()))
                .count();
    }

    private void refused(String why, int window) {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> ClaimPage.open(file, window))
                .withMessageContaining(why);
    }
}
