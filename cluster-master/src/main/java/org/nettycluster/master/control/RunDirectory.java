package org.nettycluster.master.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory that one master owns while it runs: mode 0700, ours, with no parent through which somebody else could
 * swap it. Holds the control socket and a lock that keeps a second master of the same name out.
 *
 * <p>The rules are those of sshd and Hadoop's DomainSocket, plus one: a directory that everybody may write to is accepted
 * as a parent if it is sticky and root's (/tmp, /run/user), because an ordinary user may have nothing else.
 */
public final class RunDirectory implements AutoCloseable {
    /** sockaddr_un holds 108 bytes, the last of them 0. */
    private static final int MAX_SOCKET_PATH = 107;

    private static final String SOCKET = "control.sock";
    private static final String LOCK = "master.lock";

    /**
     * The directories of this JVM's masters. The lock cannot tell them apart: it belongs to the process, which loses it
     * as soon as it closes any descriptor of the file, so a second master of this JVM must not even open it.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel lockFile;
    private final int uid;

    private RunDirectory(Path directory, FileChannel lockFile, int uid) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.uid = uid;
    }

    /**
     * Where a master of this name lives unless it is told otherwise: {@code $XDG_RUNTIME_DIR/ncluster/NAME}, else
     * {@code /run/ncluster/NAME} for root, else {@code /tmp/ncluster-UID/NAME}.
     */
    public static Path defaultFor(String name, @Nullable String xdgRuntimeDir, int uid) {
        Path base;
        if (xdgRuntimeDir != null && xdgRuntimeDir.startsWith("/")) {
            base = Path.of(xdgRuntimeDir, "ncluster");
        } else if (uid == 0) {
            base = Path.of("/run/ncluster");
        } else {
            base = Path.of("/tmp/ncluster-" + uid);
        }
        return base.resolve(name);
    }

    /** Each directory whose entries may be run directories of this user's masters, as {@link #defaultFor} makes them. */
    public static List<Path> bases(@Nullable String xdgRuntimeDir, int uid) {
        Set<Path> bases = new LinkedHashSet<>();
        bases.add(defaultFor("x", xdgRuntimeDir, uid).getParent());
        // A master that another login, or none, has started.
        bases.add(Path.of("/run/user", Integer.toString(uid), "ncluster"));
        bases.add(defaultFor("x", null, uid).getParent());
        return List.copyOf(bases);
    }

    /**
     * Whether the sockets in this directory can be nobody's but this user's.
     *
     * @return the directory, with links among its parents followed
     * @throws IOException saying which path is unsafe and why
     */
    public static Path requireSafe(Path existing) throws IOException {
        Path directory = real(existing.toAbsolutePath().normalize());
        check(directory, currentUid());
        return directory;
    }

    /** The user id of this process. */
    public static int currentUid() throws IOException {
        return Inode.of(Path.of("/proc/self/").toRealPath()).owner();
    }

    /**
     * Creates the directory where it is missing, checks it and each of its parents, and locks it.
     *
     * @throws IOException saying which path is unsafe and why, that the path is too long, or which process holds it
     */
    public static RunDirectory open(Path wanted) throws IOException {
        Path directory = wanted.toAbsolutePath().normalize();
        checkLength(directory);
        int uid = currentUid();
        create(directory);
        directory = real(directory);
        checkLength(directory);
        check(directory, uid);
        if (!HELD.add(directory)) {
            throw held(directory, " (pid " + ProcessHandle.current().pid() + ", this very process)");
        }
        try {
            FileChannel lockFile = lock(directory);
            try {
                Files.deleteIfExists(directory.resolve(SOCKET));
                return new RunDirectory(directory, lockFile, uid);
            } catch (IOException e) {
                lockFile.close();
                throw e;
            }
        } catch (IOException e) {
            HELD.remove(directory);
            throw e;
        }
    }

    private static void checkLength(Path directory) throws IOException {
        int length = directory.resolve(SOCKET).toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_SOCKET_PATH) {
            throw new IOException("run directory " + directory + " makes a unix socket path of " + length
                    + " bytes (at most " + MAX_SOCKET_PATH + "): choose a shorter one with --run-dir");
        }
    }

    private static IOException held(Path directory, String holder) {
        return new IOException("another master" + holder + " runs in " + directory
                + ": stop it, or choose another --name or --run-dir");
    }

    /** Links among the parents are followed once, here; the directory itself must be none. */
    private static Path real(Path directory) throws IOException {
        Path parent = directory.getParent();
        return parent == null ? directory : parent.toRealPath().resolve(directory.getFileName());
    }

    private static void create(Path directory) throws IOException {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            create(parent);
        }
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // Somebody was faster; the checks that follow say whether that is a problem.
        } catch (IOException e) {
            throw new IOException(
                    "can't create run directory " + directory + " as user " + System.getProperty("user.name") + ": "
                            + reason(e) + ": choose another one with --run-dir",
                    e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e instanceof FileSystemException failure && failure.getReason() != null
                ? failure.getReason()
                : e.getClass().getSimpleName();
    }

    private static void check(Path directory, int uid) throws IOException {
        for (Path path = directory; path != null; path = path.getParent()) {
            Inode inode = Inode.of(path);
            String problem = path.equals(directory) ? inode.unsafeAsOurs(uid) : inode.unsafeAsParent(uid);
            if (problem != null) {
                throw unsafe(directory, path, problem, "choose another one with --run-dir");
            }
        }
        // Only now: nobody else can add or swap anything any more.
        try (Stream<Path> contents = Files.list(directory)) {
            for (Path path : contents.toList()) {
                String problem = problemInside(path, uid);
                if (problem != null) {
                    throw unsafe(directory, path, problem, "remove it, or choose another one with --run-dir");
                }
            }
        }
    }

    private static @Nullable String problemInside(Path path, int uid) throws IOException {
        try {
            return Inode.of(path).unsafeInOurs(uid);
        } catch (NoSuchFileException e) {
            // One of ours, that has just been removed.
            return null;
        }
    }

    private static IOException unsafe(Path directory, Path path, String problem, String wayOut) {
        return new IOException("run directory " + directory + " is not safe: " + path + " " + problem + ": " + wayOut);
    }

    private static FileChannel lock(Path directory) throws IOException {
        Path file = directory.resolve(LOCK);
        FileChannel channel = FileChannel.open(
                file,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(
                        Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
        try {
            if (channel.tryLock() == null) {
                String holder = Files.readString(file).strip();
                throw held(directory, holder.isEmpty() ? "" : " (pid " + holder + ")");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The directory itself. */
    public Path path() {
        return directory;
    }

    /** Where the control socket is. */
    public Path socket() {
        return directory.resolve(SOCKET);
    }

    /** The user who owns it, and whom every peer must be. */
    public int uid() {
        return uid;
    }

    /**
     * Removes the socket and releases the lock. The empty lock file stays: whoever removed it could not know whether
     * somebody has just opened it.
     */
    @Override
    public void close() throws IOException {
        close(false);
    }

    /**
     * The same; {@code entirely} removes the lock file and the directory, too: for a name that nobody else will use.
     */
    public void close(boolean entirely) throws IOException {
        if (!lockFile.isOpen()) {
            // What lies there now may be a successor's.
            return;
        }
        try (lockFile) {
            Files.deleteIfExists(socket());
            lockFile.truncate(0);
            if (entirely) {
                Files.deleteIfExists(directory.resolve(LOCK));
                Files.deleteIfExists(directory);
            }
        } catch (DirectoryNotEmptyException e) {
            // Files of somebody else: not ours to remove.
        } finally {
            HELD.remove(directory);
        }
    }
}
