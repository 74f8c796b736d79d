package org.nettycluster.protocol;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The page of memory by which the workers of a shared listener, who accept for themselves, see how many turns each of them
 * has had. One for each such listener, mapped by its master and all its workers.
 *
 * <pre>
 *      0  magic "NCTP" (4) | layout version (2) | 0 (2)
 *     64  used      places from here on have never been anybody's         master writes
 *    128  place 0, place 1, … place 1023, 64 bytes each:
 *         +0  word: turn « 1 | wants                                      the worker of the place writes, or the master
 *                                                                         when that worker has gone
 *         +8  open      connections that it has and that stand on this page   the worker counts
 *         +16 queued    nanoseconds: since when it waits for a client      the worker writes
 *         +24 held      1: the worker is to take nothing                  master writes
 * </pre>
 *
 * <p>Longs are in the machine's own byte order, and every access is volatile: any thread. What stands here decides who is
 * first to accept, and nothing else: a worker that writes nonsense gets more or fewer connections than its share.
 *
 * <p>The mapping lives until {@link #unmap}, or until the collector has found the page unreachable.
 */
public final class TurnPage {
    /** How many workers one listener may have. */
    public static final int PLACES = 1024;

    private static final int MAGIC = 0x4e435450;
    private static final short LAYOUT = 1;
    private static final int USED = 64;
    private static final int FIRST = 128;
    private static final int PLACE = 64;
    private static final int OPEN = 8;
    private static final int QUEUED = 16;
    private static final int HELD = 24;
    private static final int SIZE = FIRST + PLACES * PLACE;
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final @Nullable Mapping mapping;
    private ByteBuffer memory;

    private TurnPage(ByteBuffer memory, @Nullable Mapping mapping) {
        this.memory = memory;
        this.mapping = mapping;
    }

    /**
     * Creates the file (exclusively, mode 0600) and maps it.
     *
     * @throws IOException if the file exists, or there is no room; nothing is left behind
     */
    public static TurnPage create(Path file) throws IOException {
        Mapping mapping = Mapping.create(file, SIZE);
        return format(mapping.memory(), mapping);
    }

    /**
     * Maps a page that the master has created.
     *
     * @throws IOException if it is not there
     * @throws ProtocolException if its size or its header is not what the master writes
     */
    public static TurnPage open(Path file) throws IOException, ProtocolException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            if (channel.size() != SIZE) {
                throw new ProtocolException("turn page " + file + " has " + channel.size() + " bytes, not " + SIZE);
            }
            ByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
            if (memory.getInt(0) != MAGIC || memory.getShort(4) != LAYOUT) {
                throw new ProtocolException("turn page " + file + " has a header that is not ours");
            }
            return new TurnPage(memory, null);
        }
    }

    /** A page in this process's own memory, for tests and models. */
    public static TurnPage inMemory() {
        return format(ByteBuffer.allocateDirect(SIZE + Long.BYTES).alignedSlice(Long.BYTES), null);
    }

    private static TurnPage format(ByteBuffer memory, @Nullable Mapping mapping) {
        memory.putInt(0, MAGIC);
        memory.putShort(4, LAYOUT);
        return new TurnPage(memory, mapping);
    }

    /**
     * Gives the memory back: the master, when no thread of its process will use the page again. A second call does nothing,
     * nor does one for a page that was only opened.
     */
    public void unmap() {
        if (mapping != null && memory.capacity() > 0) {
            memory = ClaimPage.NOTHING;
            mapping.end();
        }
    }

    /** Places below this one are, or were, somebody's. */
    public int used() {
        // Other workers can write here, and nobody shall be led off the page.
        return (int) Math.max(0, Math.min(PLACES, (long) LONG.getVolatile(memory, USED)));
    }

    /** What the worker of this place has said last; 0 if there is none. Equal words: it has taken nothing in between. */
    public long word(int place) {
        return (long) LONG.getVolatile(memory, at(place));
    }

    /** Whether who said this takes connections. */
    public static boolean wants(long word) {
        return (word & 1) != 0;
    }

    /** How many turns who said this has had. */
    public static long turn(long word) {
        return word >> 1;
    }

    /** The worker of this place, for others to see. */
    public void say(int place, long turn, boolean wants) {
        LONG.setVolatile(memory, at(place), turn << 1 | (wants ? 1 : 0));
    }

    /** How many connections the worker of this place has of this listener. */
    public long open(int place) {
        return (long) LONG.getVolatile(memory, at(place) + OPEN);
    }

    /** The worker of this place: so many more. */
    public void countOpen(int place, long more) {
        LONG.getAndAdd(memory, at(place) + OPEN, more);
    }

    /** Since when the worker of this place waits for a client, in {@link System#nanoTime}, which all processes share. */
    public long queuedSince(int place) {
        return (long) LONG.getVolatile(memory, at(place) + QUEUED);
    }

    /** The worker of this place: from now on. */
    public void queued(int place, long nanos) {
        LONG.setVolatile(memory, at(place) + QUEUED, nanos);
    }

    /** Whether the worker of this place is to take nothing. */
    public boolean isHeld(int place) {
        return (long) LONG.getVolatile(memory, at(place) + HELD) != 0;
    }

    /** Master only. The worker looks at it when it gets a message down its lane. */
    public void hold(int place, boolean held) {
        LONG.setVolatile(memory, at(place) + HELD, held ? 1L : 0L);
    }

    /** Master only: the place is free, whether for the first worker or for another. */
    public void clear(int place) {
        hold(place, false);
        LONG.setVolatile(memory, at(place) + OPEN, 0L);
        LONG.setVolatile(memory, at(place), 0L);
        LONG.setVolatile(memory, USED, Math.max(used(), place + 1L));
    }

    private static int at(int place) {
        if (place < 0 || place >= PLACES) {
            throw new IndexOutOfBoundsException("place " + place + " of " + PLACES);
        }
        return FIRST + place * PLACE;
    }
}
