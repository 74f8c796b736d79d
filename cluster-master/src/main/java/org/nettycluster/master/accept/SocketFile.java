package org.nettycluster.master.accept;

import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ServerOption;

/**
 * The file of a unix socket that we listen at: made with its permissions, and removed if it is still ours. Whoever finds a
 * name taken asks whether somebody listens there (unix(7)): a file whose process is dead is replaced, one that is served
 * is never taken away, and what is no socket is not touched. On the master's loop.
 *
 * <p>The kernel cannot replace a file and look at it in one step, and Netty's bind removes what it finds. So between a look
 * and a bind, microseconds, another process can be robbed of a name that it has just taken. Whoever is before its listen
 * finds out, and fails.
 */
final class SocketFile {
    /** Of sun_path in unix(7), without the zero behind it. */
    private static final int LONGEST_PATH = 107;

    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;
    private static final String IN_USE = "bind(..) failed: Address already in use";

    private final Path path;
    private final @Nullable Object inode;

    private SocketFile(Path path, @Nullable Object inode) {
        this.path = path;
        this.inode = inode;
    }

    /** A socket that listens, and its file. */
    record Bound(LinuxSocket socket, SocketFile file) {}

    /**
     * Binds and listens.
     *
     * @param path absolute
     * @throws BindException if somebody else listens there, or what is there is no socket
     * @throws IOException as the system call failed; nothing stays open, and no file of ours is left
     */
    static Bound listen(Path path, Map<ServerOption, Integer> options, int backlog) throws IOException {
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_PATH) {
            // Through a shorter name (a link to the directory) it could be bound. But no client could connect without
            // the same trick.
            throw new BindException("can't bind " + path + ": a path of " + length
                    + " bytes, a unix socket's has at most " + LONGEST_PATH);
        }
        Integer mode = options.get(ServerOption.SOCKET_MODE);
        if (mode != null && (mode & ~0777) != 0) {
            throw new BindException(
                    "can't bind " + path + ": mode 0" + Integer.toOctalString(mode) + " must be 0 to 0777");
        }
        // Netty's bind would remove whatever has the name. Here nothing has, unless it came a moment ago.
        removeIfStale(path);
        LinuxSocket socket = LinuxSocket.newSocketDomain();
        @Nullable SocketFile file = null;
        try {
            socket.bind(new DomainSocketAddress(path.toString()));
            file = new SocketFile(path, inode(path));
            if (mode != null) {
                // Before listen(2), so that nobody has connected with rights that he shall not have.
                Files.setAttribute(path, "unix:mode", mode);
            }
            socket.listen(backlog);
            if (!file.isOurs()) {
                // Between our bind and our listen it looked dead to somebody who did as we do.
                throw new BindException(IN_USE);
            }
            return new Bound(socket, file);
        } catch (IOException | RuntimeException e) {
            socket.close();
            if (file != null) {
                file.remove();
            }
            throw e;
        }
    }

    private static void removeIfStale(Path path) throws IOException {
        int mode;
        try {
            mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        } catch (FileSystemException e) {
            // Not there, or who can't look can't remove either. What is wrong is bind(2)'s to say.
            return;
        }
        Object before = inode(path);
        if ((mode & S_IFMT) != S_IFSOCK || isServed(path) || before == null || !before.equals(inode(path))) {
            throw new BindException(IN_USE);
        }
        Files.deleteIfExists(path);
    }

    /** Whether a process listens there. In doubt, yes. */
    private static boolean isServed(Path path) {
        // The JDK's channel, since it tells ECONNREFUSED from EAGAIN (the backlog of somebody who lives is full) and
        // EACCES. It knows paths of 106 bytes: a file of 107 that a dead process has left stays.
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static @Nullable Object inode(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private boolean isOurs() throws IOException {
        return inode != null && inode.equals(inode(path));
    }

    /** Removes the file, unless another one has its name. */
    void remove() throws IOException {
        if (isOurs()) {
            Files.deleteIfExists(path);
        }
    }
}
