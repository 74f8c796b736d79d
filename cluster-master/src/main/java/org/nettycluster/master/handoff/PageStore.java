package org.nettycluster.master.handoff;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.TurnPage;

/**
 * Creates claim pages, each in a file of its own on a memory file system, under a name that cannot be guessed. On the
 * master's loop. A file lives from the worker's Listen to its lane's hello, then it is unlinked. A mapping lives until
 * the lane's connections or its process have ended; it does not wait for the collector.
 */
public final class PageStore {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(PageStore.class);
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path directory;

    private PageStore(Path directory) {
        this.directory = directory;
    }

    /**
     * The run directory where it lies in memory, else /dev/shm, else the run directory with a warning: on a disk each
     * claim may wait for writeback.
     */
    public static PageStore beside(Path runDirectory) {
        if (inMemory(runDirectory)) {
            return new PageStore(runDirectory);
        }
        if (Files.isDirectory(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY) && inMemory(SHARED_MEMORY)) {
            return new PageStore(SHARED_MEMORY);
        }
        LOGGER.warn(
                "neither {} nor {} is a writable memory file system: claim pages lie on a disk",
                runDirectory,
                SHARED_MEMORY);
        return new PageStore(runDirectory);
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
     * @throws IOException if there is no room for it
     */
    public StoredPage create(int window) throws IOException {
        Path file = name("ncluster-page-");
        return new StoredPage(file, ClaimPage.create(file, window));
    }

    /**
     * Creates and maps a turn page.
     *
     * @throws IOException if there is no room for it
     */
    public StoredTurns createTurns() throws IOException {
        Path file = name("ncluster-turns-");
        return new StoredTurns(file, TurnPage.create(file));
    }

    private Path name(String prefix) {
        byte[] name = new byte[12];
        RANDOM.nextBytes(name);
        return directory.resolve(prefix + HexFormat.of().formatHex(name));
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOGGER.warn("can't remove {}: {}", file, e.getMessage());
        }
    }
}
