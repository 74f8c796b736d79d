package org.nettycluster.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InodeTest {
    private static final int DIRECTORY = 0040000;
    private static final int US = 1000;

    private static Inode directory(String mode, int owner) {
        return new Inode(DIRECTORY | Integer.parseInt(mode, 8), owner, 1);
    }

    @ParameterizedTest
    @CsvSource({"0700", "0500", "1700", "2700"})
    void privateDirectoryOfOursIsOurs(String mode) {
        assertThat(directory(mode, US).unsafeAsOurs(US)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0770", "0750", "0710", "0701", "0707", "0755", "0777", "1777"})
    void directoryThatOthersCanEnterIsNot(String mode) {
        assertThat(directory(mode, US).unsafeAsOurs(US)).isEqualTo("has mode " + mode + ", not 0700");
    }

    @Test
    void directoryOfSomebodyElseIsNotOurs() {
        assertThat(directory("0700", 0).unsafeAsOurs(US)).isEqualTo("belongs to user 0, not to us (1000)");
    }

    @Test
    void linkIsNoDirectoryWhereverItPoints() {
        assertThat(new Inode(0120777, US, 1).unsafeAsOurs(US)).isEqualTo("is a symbolic link");
        assertThat(new Inode(0120777, US, 1).unsafeAsParent(US)).isEqualTo("is not a directory");
    }

    @Test
    void fileIsNoDirectory() {
        assertThat(new Inode(0100700, US, 1).unsafeAsOurs(US)).isEqualTo("is not a directory");
    }

    @ParameterizedTest
    @CsvSource({"0755,0", "0755,1000", "0700,0", "1777,0", "1775,0"})
    void parentThatOnlyRootOrWeCanChangeIsSafe(String mode, int owner) {
        assertThat(directory(mode, owner).unsafeAsParent(US)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0777,0", "0775,0", "0757,1000", "1777,1000"})
    void parentThatOthersCanChangeIsNot(String mode, int owner) {
        assertThat(directory(mode, owner).unsafeAsParent(US)).contains("can be written by others (mode " + mode);
    }

    @Test
    void parentOfAThirdUserIsNotSafe() {
        assertThat(directory("0755", 77).unsafeAsParent(US))
                .isEqualTo("belongs to user 77, neither to us (1000) nor to root");
    }

    @Test
    void linkIsNotFollowed(@TempDir Path home) throws Exception {
        Path link = Files.createSymbolicLink(home.resolve("link"), home);
        assertThat(Inode.of(link).unsafeAsOurs(RunDirectory.currentUid())).isEqualTo("is a symbolic link");
        assertThat(Inode.of(home).owner()).isEqualTo(RunDirectory.currentUid());
    }
}
