package org.nettycluster.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnPageTest {
    @TempDir
    private Path directory;

    @Test
    void bothSidesSeeOnePage() throws Exception {
        Path file = directory.resolve("turns");
        TurnPage masters = TurnPage.create(file);
        TurnPage workers = TurnPage.open(file);
        masters.clear(3);
        assertThat(workers.used()).isEqualTo(4);
        workers.say(3, 41, true);
        workers.countOpen(3, 2);
        workers.countOpen(3, -1);
        workers.queued(3, -7);
        masters.hold(3, true);
        assertThat(TurnPage.turn(masters.word(3))).isEqualTo(41);
        assertThat(TurnPage.wants(masters.word(3))).isTrue();
        assertThat(masters.open(3)).isEqualTo(1);
        assertThat(masters.queuedSince(3)).isEqualTo(-7);
        assertThat(workers.isHeld(3)).isTrue();
        assertThat(workers.isHeld(2)).isFalse();
        masters.clear(3);
        assertThat(workers.word(3)).isZero();
        assertThat(workers.open(3)).isZero();
        assertThat(workers.isHeld(3)).isFalse();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        masters.unmap();
        masters.unmap();
    }

    @Test
    void itsBytesAreWhereTheProtocolSays() throws Exception {
        Path file = directory.resolve("turns");
        TurnPage page = TurnPage.create(file);
        page.clear(1);
        page.say(1, 5, true);
        page.countOpen(1, 6);
        page.queued(1, 7);
        page.hold(1, true);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        assertThat(bytes.capacity()).isEqualTo(128 + 1024 * 64);
        assertThat(bytes.getInt(0)).isEqualTo(0x4e435450);
        assertThat(bytes.getShort(4)).isEqualTo((short) 1);
        bytes.order(ByteOrder.nativeOrder());
        assertThat(bytes.getLong(64)).isEqualTo(2);
        assertThat(bytes.getLong(192)).isEqualTo(5 << 1 | 1);
        assertThat(bytes.getLong(200)).isEqualTo(6);
        assertThat(bytes.getLong(208)).isEqualTo(7);
        assertThat(bytes.getLong(216)).isEqualTo(1);
    }

    @Test
    void nobodyIsLedOffThePage() throws Exception {
        Path file = directory.resolve("turns");
        TurnPage page = TurnPage.create(file);
        write(file, 64, Long.MAX_VALUE);
        assertThat(page.used()).isEqualTo(TurnPage.PLACES);
        write(file, 64, -1);
        assertThat(page.used()).isZero();
        assertThatThrownBy(() -> page.word(TurnPage.PLACES)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> page.word(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void anotherFileIsRefused() throws Exception {
        Path file = Files.write(directory.resolve("short"), new byte[64]);
        assertThatThrownBy(() -> TurnPage.open(file))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("has 64 bytes");
        Path zeros = Files.write(directory.resolve("zeros"), new byte[128 + 1024 * 64]);
        assertThatThrownBy(() -> TurnPage.open(zeros))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("header");
        assertThatThrownBy(() -> TurnPage.create(zeros)).isInstanceOf(FileAlreadyExistsException.class);
    }

    private static void write(Path file, long at, long value) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
            channel.write(bytes.putLong(value).flip(), at);
        }
    }
}
