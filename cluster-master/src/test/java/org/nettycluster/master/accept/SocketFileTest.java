package org.nettycluster.master.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.master.handoff.ErrnoOf;
import org.nettycluster.protocol.ServerOption;

@Timeout(30)
class SocketFileTest {
    @TempDir
    private Path directory;

    @BeforeAll
    static void load() {
        Epoll.ensureAvailability();
        ErrnoOf.load();
    }

    private Path path() {
        return directory.resolve("s");
    }

    private static ListeningSocket listen(Path path) throws IOException {
        return ListeningSocket.atPath(path, Map.of());
    }

    private static void connect(Path path) throws IOException {
        SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
    }

    @Test
    void fileIsThereWhileItListens() throws Exception {
        ListeningSocket socket = listen(path());
        connect(path());
        assertThat(socket.address()).isEqualTo(UnixDomainSocketAddress.of(path()));
        assertThat(socket.accept()).isPositive();
        assertThat(socket.peer()).hasSize(1);
        socket.close();
        assertThat(path()).doesNotExist();
    }

    @Test
    void permissionsAreThoseThatWereAskedFor() throws Exception {
        for (int mode : new int[] {0600, 0666, 0777, 0641}) {
            ListeningSocket socket = ListeningSocket.atPath(path(), Map.of(ServerOption.SOCKET_MODE, mode));
            assertThat((Integer) Files.getAttribute(path(), "unix:mode") & 07777)
                    .isEqualTo(mode);
            socket.close();
        }
        assertThatThrownBy(() -> ListeningSocket.atPath(path(), Map.of(ServerOption.SOCKET_MODE, 01777)))
                .hasMessageEndingWith("mode 01777 must be 0 to 0777");
        assertThat(path()).doesNotExist();
    }

    @Test
    void fileOfADeadOwnerIsReplaced() throws Exception {
        // The JDK leaves the file behind, as a crash does.
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path()));
        }
        assertThat(path()).exists();
        ListeningSocket socket = listen(path());
        connect(path());
        socket.close();
    }

    @Test
    void socketThatIsServedIsNeverTakenAway() throws Exception {
        ListeningSocket first = listen(path());
        assertThatThrownBy(() -> listen(path()))
                .isInstanceOf(BindException.class)
                .hasMessage("bind(..) failed: Address already in use");
        connect(path());
        first.close();
    }

    @Test
    void socketWithAFullBacklogIsNotTakenAwayEither() throws Exception {
        ListeningSocket full = ListeningSocket.atPath(path(), Map.of(ServerOption.BACKLOG, 0));
        try (SocketChannel waiting = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
            assertThat(waiting.isConnected()).isTrue();
            assertThatThrownBy(() -> listen(path())).hasMessageContaining("Address already in use");
            assertThat(full.accept()).isPositive();
        }
        full.close();
    }

    @Test
    void whatIsNoSocketIsNotTouched() throws Exception {
        Files.writeString(path(), "precious");
        assertThatThrownBy(() -> listen(path())).hasMessageContaining("Address already in use");
        assertThat(path()).hasContent("precious");
        Path link = directory.resolve("link");
        Files.createSymbolicLink(link, path());
        assertThatThrownBy(() -> listen(link)).hasMessageContaining("Address already in use");
        assertThat(link).isSymbolicLink();
    }

    @Test
    void fileOfAnotherIsNotRemoved() throws Exception {
        ListeningSocket first = listen(path());
        Files.delete(path());
        ListeningSocket second = listen(path());
        first.close();
        connect(path());
        second.close();
    }

    @Test
    void pathThatIsTooLongIsNamed() {
        Path path = directory.resolve("x".repeat(110));
        assertThatThrownBy(() -> listen(path))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("a unix socket's has at most 107");
    }

    @Test
    void directoryThatIsMissingOrForbiddenIsTheKernelsToRefuse() throws Exception {
        assertThatThrownBy(() -> listen(directory.resolve("no/such")))
                .hasMessageContaining("No such file or directory");
        assertThatThrownBy(() -> listen(Path.of("/dev/null/s"))).hasMessageContaining("Not a directory");
        Path forbidden = Files.createDirectory(
                directory.resolve("d"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
        if (!Files.isWritable(forbidden)) {
            assertThatThrownBy(() -> listen(forbidden.resolve("s"))).hasMessageContaining("Permission denied");
        }
    }
}
