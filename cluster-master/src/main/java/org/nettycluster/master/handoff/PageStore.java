package org.nettycluster.master.handoff;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.TurnPage;

/**
 * Creates claim pages, each in a file of its own on a memory file system, under a name that cannot be guessed but for its
 * beginning, which tells the run directory. On the master's loop. A file lives from the worker's Listen to its lane's
 * hello, then it is unlinked. A mapping lives until the lane's connections or its process have ended; it does not wait for
 * the collector.
 */
public final class PageStore {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(PageStore.class);
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    /** Bytes, more than any page has. */
    private static final int ROOM = 128 * 1024;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String CLAIMS = "ncluster-page-";
    private static final String TURNS = "ncluster-turns-";

    private final Path directory;
    private final String owner;

    private PageStore(Path directory, String owner) {
        this.directory = directory;
        this.owner = owner;
    }

    /**
     * The run directory where it lies in memory, else /dev/shm, else the run directory with a warning: on a disk each
     * claim may wait for writeback. Removes the pages whose names a master of this run directory has left behind when it
     * was killed.
     *
     * @param runDirectory locked by whoever asks
     */
    public static PageStore beside(Path runDirectory) {
        PageStore store = new PageStore(choose(runDirectory), owner(runDirectory));
        store.removeLeftovers();
        return store;
    }

    private static Path choose(Path runDirectory) {
        if (inMemory(runDirectory)) {
            return runDirectory;
        }
        if (Files.isDirectory(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY) && inMemory(SHARED_MEMORY)) {
            return SHARED_MEMORY;
        }
        LOGGER.warn(
                "neither {} nor {} is a writable memory file system: claim pages lie on a disk",
                runDirectory,
                SHARED_MEMORY);
        return runDirectory;
    }

    /** Not its path, which another container that sees the same /dev/shm may have, too. */
    private static String owner(Path runDirectory) {
        try {
            long device = ((Number) Files.getAttribute(runDirectory, "unix:dev")).longValue();
            long inode = ((Number) Files.getAttribute(runDirectory, "unix:ino")).longValue();
            return Long.toHexString(device) + "-" + Long.toHexString(inode) + "-";
        } catch (IOException e) {
            // Then the next master will not know ours, and we none.
            return Long.toHexString(RANDOM.nextLong()) + "-";
        }
    }

    private static boolean inMemory(Path directory) {
        try {
            String type = Files.getFileStore(directory).type();
            return type.equals("tmpfs") || type.equals("ramfs");
        } catch (IOException e) {
            return false;
        }
    }

    /** A fresh page and where it lies. */
    public record StoredPage(Path file, ClaimPage page) {
        /** Removes the name; the mappings live on. */
        public void unlink() {
            remove(file);
        }

        /** Nobody will open a lane on it: the name and the mapping go. */
        public void discard() {
            unlink();
            page.unmap();
        }
    }

    /** A fresh turn page and where it lies, for as long as its listener lives: workers that come later map it, too. */
    public record StoredTurns(Path file, TurnPage page) {
        /** The listener is closed: the name and the mapping go. */
        public void discard() {
            remove(file);
            page.unmap();
        }
    }

    /**
     * Creates and maps a claim page.
     *
     * @throws IOException if there is no room for it; says so
     */
    public StoredPage create(int window) throws IOException {
        Path file = name(CLAIMS);
        try {
            return new StoredPage(file, ClaimPage.create(file, window));
        } catch (IOException e) {
            throw failed("claim page", e);
        }
    }

    /**
     * Creates and maps a turn page.
     *
     * @throws IOException if there is no room for it; says so
     */
    public StoredTurns createTurns() throws IOException {
        Path file = name(TURNS);
        try {
            return new StoredTurns(file, TurnPage.create(file));
        } catch (IOException e) {
            throw failed("turn page", e);
        }
    }

    /** The kernel's words for the cause are of the user's language, so it is the room that tells whether it is full. */
    private IOException failed(String what, IOException cause) {
        String wayOut = "";
        try {
            if (Files.getFileStore(directory).getUsableSpace() < ROOM) {
                wayOut = ", which is full: make room there, or enlarge it (in a container with --shm-size)";
            }
        } catch (IOException e) {
            // Then it is not known.
        }
        return new IOException(
                "the master can't create a " + what + " in " + directory + wayOut + ": " + reason(cause), cause);
    }

    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "the directory is gone";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        return cause instanceof FileSystemException failure && failure.getReason() != null
                ? failure.getReason()
                : String.valueOf(cause.getMessage());
    }

    private void removeLeftovers() {
        for (String kind : List.of(CLAIMS, TURNS)) {
            try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, kind + owner + "*")) {
                for (Path file : left) {
                    removeIfOurs(file);
                }
            } catch (IOException | DirectoryIteratorException e) {
                LOGGER.warn("can't look for what an earlier master has left in {}: {}", directory, e.getMessage());
            }
        }
    }

    private static void removeIfOurs(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOGGER.debug("{} is named like a page of ours, and is not", file, e);
        }
    }

    private Path name(String prefix) {
        byte[] name = new byte[12];
        RANDOM.nextBytes(name);
        return directory.resolve(prefix + owner + HexFormat.of().formatHex(name));
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOGGER.warn("can't remove {}: {}", file, e.getMessage());
        }
    }
}
