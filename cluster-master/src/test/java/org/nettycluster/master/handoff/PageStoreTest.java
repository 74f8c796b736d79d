package org.nettycluster.master.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nettycluster.protocol.ClaimPage;

class PageStoreTest {
    private static final Path SHARED = Path.of("/dev/shm");

    private final Path memory = Files.createTempDirectory(Files.isWritable(SHARED) ? SHARED : Path.of("/tmp"), "nc");

    PageStoreTest() throws IOException {}

    @AfterEach
    void remove() throws IOException {
        if (Files.exists(memory)) {
            try (Stream<Path> files = Files.walk(memory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static boolean inMemory(Path path) throws IOException {
        return Files.getFileStore(path).type().equals("tmpfs");
    }

    @Test
    void pageLiesInTheRunDirectoryIfThatIsInMemory() throws IOException {
        assumeTrue(inMemory(memory), "/dev/shm is no memory file system here");
        PageStore.StoredPage page = PageStore.beside(memory).create(8);
        assertThat(page.file().getParent()).isEqualTo(memory);
        assertThat(page.page().window()).isEqualTo(8);
        assertThat(page.file()).hasSize(ClaimPage.size(8));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(page.file())))
                .isEqualTo("rw-------");
    }

    @Test
    void pageNeverLiesOnADiskIfThereIsSharedMemory() throws IOException {
        Path onDisk = Files.createTempDirectory(Path.of("/tmp"), "nc");
        try {
            assumeTrue(!inMemory(onDisk) && inMemory(memory), "/tmp is in memory here, or /dev/shm is not");
            PageStore.StoredPage page = PageStore.beside(onDisk).create(1);
            assertThat(page.file().getParent()).isEqualTo(SHARED);
            page.unlink();
        } finally {
            Files.delete(onDisk);
        }
    }

    @Test
    void whatAKilledMasterHasLeftGoesWithTheNextOneOfItsRunDirectory() throws IOException {
        for (Path base : List.of(Path.of("/tmp"), memory)) {
            Path run = Files.createTempDirectory(base, "nc");
            Path another = Files.createTempDirectory(base, "nc");
            try {
                PageStore killed = PageStore.beside(run);
                PageStore.StoredTurns leftTurns = killed.createTurns();
                PageStore.StoredPage left = killed.create(1);
                PageStore other = PageStore.beside(another);
                PageStore.StoredTurns livingTurns = other.createTurns();
                PageStore.StoredPage living = other.create(1);
                PageStore.beside(run);
                assertThat(leftTurns.file()).doesNotExist();
                assertThat(left.file()).doesNotExist();
                assertThat(run).isEmptyDirectory();
                assertThat(livingTurns.file()).exists();
                assertThat(living.file()).exists();
                livingTurns.discard();
                living.discard();
                assertThat(livingTurns.file()).doesNotExist();
                assertThat(living.file()).doesNotExist();
                assertThat(another).isEmptyDirectory();
            } finally {
                Files.delete(run);
                Files.delete(another);
            }
        }
    }

    @Test
    void namesAreNeverTheSame() throws IOException {
        PageStore store = PageStore.beside(memory);
        assertThat(store.create(1).file()).isNotEqualTo(store.create(1).file());
    }

    @Test
    void pageLivesOnWithoutItsName() throws IOException {
        PageStore.StoredPage page = PageStore.beside(memory).create(1);
        page.unlink();
        page.unlink();
        assertThat(memory).isEmptyDirectory();
        page.page().wants(true);
        assertThat(page.page().wants()).isTrue();
    }

    @Test
    void directoryThatIsGoneIsAFailureAndNoPage() throws IOException {
        PageStore store = PageStore.beside(memory);
        Files.delete(memory);
        assertThatThrownBy(() -> store.create(1))
                .isInstanceOf(IOException.class)
                .hasMessage("the master can't create a claim page in " + memory + ": the directory is gone");
    }
}
