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
 * The page of memory that a lane's two processes share: its window of claim cells, and a header with what the worker
 * wants and has done.
 *
 * <pre>
 *      0  magic "NCLP" (4) | layout version (2) | window (2)
 *     64  wants     1: the worker takes connections now            worker writes
 *    128  bell      1: the master sleeps, ring for a claim         master sets, worker takes
 *    136  end bell  1: the same, ring when a connection has ended  master sets, worker takes
 *    192  adopted (8) | refused (8) | returned (8) | closed (8)    worker counts
 *    256  heartbeats: 32 x nanoseconds (8), see {@link Heartbeats}       worker writes
 *    512  cell 0, cell 1, … cell window-1, 64 bytes each:
 *         +0  word: {@link ClaimWord}                              both, by compare-and-set after the offer
 *         +8  address length (1): 8 or 24; 1 for a unix socket
 *         +9  peer address as accept(2) gave it to us: 4 or 16 bytes, scope id (4, IPv6 only), port (4, big endian);
 *             of a unix socket, whose peers have no name, one byte that means nothing
 * </pre>
 *
 * <p>Longs are in the machine's own byte order. Every access to a long is volatile, so the page may be used from any
 * thread; who may write what is said above. The page holds no pointer and no index into either process, and the master
 * trusts nothing that it reads here beyond the lane that the page belongs to. A page belongs to one lane of one process
 * and is never used again.
 *
 * <p>The mapping lives until {@link #unmap}, or until the collector has found the page unreachable.
 */
public final class ClaimPage {
    /** The largest window: more cells than a socket's send buffer holds messages would make no sense. */
    public static final int MAX_WINDOW = 64;
    /** The longest peer address in a cell, in bytes. */
    public static final int MAX_ADDRESS = 24;
    /** The length that says that the peer has no address: it has come over a unix socket. */
    public static final int NO_ADDRESS = 1;

    private static final int MAGIC = 0x4e434c50;
    private static final short LAYOUT = 2;
    private static final int WANTS = 64;
    private static final int BELL = 128;
    private static final int END_BELL = 136;
    private static final int ADOPTED = 192;
    private static final int REFUSED = 200;
    private static final int RETURNED = 208;
    private static final int CLOSED = 216;
    private static final int CELLS = 512;
    private static final int CELL = 64;
    private static final int ADDRESS = 8;

    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** In the place of a mapping that has ended. */
    static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private @Nullable Mapping mapping;
    private ByteBuffer memory;
    private final int window;
    private final Heartbeats heartbeats;

    private ClaimPage(ByteBuffer memory, int window) {
        this.memory = memory;
        this.window = window;
        this.heartbeats = new Heartbeats(memory);
    }

    /** Size of a page in bytes. */
    public static int size(int window) {
        return CELLS + window * CELL;
    }

    /**
     * Creates the file (exclusively, mode 0600) and maps it.
     *
     * @throws IOException if the file exists, or there is no room; nothing is left behind
     */
    public static ClaimPage create(Path file, int window) throws IOException {
        checkWindow(window);
        Mapping mapping = Mapping.create(file, size(window));
        ClaimPage page = format(mapping.memory(), window);
        page.mapping = mapping;
        return page;
    }

    /**
     * Maps a page that the master has created.
     *
     * @throws IOException if it is not there
     * @throws ProtocolException if its size or its header is not what the master announced
     */
    public static ClaimPage open(Path file, int window) throws IOException, ProtocolException {
        if (window < 1 || window > MAX_WINDOW) {
            throw new ProtocolException(
                    "claim page " + file + " is said to have " + window + " cells (1 to " + MAX_WINDOW + ")");
        }
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            if (channel.size() != size(window)) {
                throw new ProtocolException(
                        "claim page " + file + " has " + channel.size() + " bytes, not " + size(window));
            }
            ByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, size(window));
            if (memory.getInt(0) != MAGIC || memory.getShort(4) != LAYOUT || memory.getShort(6) != window) {
                throw new ProtocolException("claim page " + file + " has a header that is not ours");
            }
            return new ClaimPage(memory, window);
        }
    }

    /** A page in this process's own memory, for tests and models. */
    public static ClaimPage inMemory(int window) {
        checkWindow(window);
        return format(ByteBuffer.allocateDirect(size(window) + Long.BYTES).alignedSlice(Long.BYTES), window);
    }

    private static ClaimPage format(ByteBuffer memory, int window) {
        memory.putInt(0, MAGIC);
        memory.putShort(4, LAYOUT);
        memory.putShort(6, (short) window);
        return new ClaimPage(memory, window);
    }

    private static void checkWindow(int window) {
        if (window < 1 || window > MAX_WINDOW) {
            throw new IllegalArgumentException("window " + window + " must be 1 to " + MAX_WINDOW);
        }
    }

    /**
     * Gives the memory back: the master, who has created the page and can say that no thread of this process will use it
     * again. The other process's mapping is its own. Who uses it nevertheless gets an IndexOutOfBoundsException, on this
     * thread at least.
     * A second call does nothing, nor does one for a page that was only opened.
     *
     * @return whether it is gone; if not, the collector will see to it
     */
    public boolean unmap() {
        memory = NOTHING;
        heartbeats.forget();
        Mapping before = mapping;
        mapping = null;
        return before != null && before.end();
    }

    /** Whether {@link #unmap} was called. */
    public boolean isGone() {
        return memory.capacity() == 0;
    }

    /** Number of cells. */
    public int window() {
        return window;
    }

    /** The cell that the n-th message of the lane belongs to. */
    public int cellOf(long sequence) {
        return (int) (sequence % window);
    }

    /** The word of a cell, read with volatile semantics. */
    public long word(int cell) {
        return (long) LONG.getVolatile(memory, at(cell));
    }

    /**
     * Master only: makes an offer in a cell whose slot is empty. The address is stored first, so that whoever reads the
     * word reads the address that belongs to it.
     *
     * @param state one of the two offered ones
     * @param address as accept(2) gave it, {@code length} bytes from {@code offset}: 8 or 24; 1 for none
     */
    public void offer(long sequence, ClaimState state, byte[] address, int offset, int length) {
        if (!state.offered() || !isAddress(length)) {
            throw new IllegalArgumentException("can't offer " + state + " with an address of " + length + " bytes");
        }
        int base = at(cellOf(sequence));
        memory.put(base + ADDRESS, (byte) length);
        memory.put(base + ADDRESS + 1, address, offset, length);
        LONG.setVolatile(memory, base, ClaimWord.of(sequence, state));
    }

    /** Master only: the message of this offer was never sent; the sequence will be used again. */
    public void withdraw(long sequence) {
        LONG.setVolatile(memory, at(cellOf(sequence)), 0L);
    }

    /**
     * Master only: the dup of a claimed connection is closed. A worker that still reads CLAIMED knows that its own close
     * would not be the last one, and says FIN by shutdown(2).
     */
    public void settled(long sequence) {
        LONG.setVolatile(memory, at(cellOf(sequence)), ClaimWord.of(sequence, ClaimState.EMPTY));
    }

    /** Worker: whether this claimed connection's dup may still be open in the master. */
    public boolean unsettled(long sequence) {
        return word(cellOf(sequence)) == ClaimWord.of(sequence, ClaimState.CLAIMED);
    }

    /** Every transition after the offer: true if the word was {@code from} and is now {@code to}. */
    public boolean transition(long sequence, ClaimState from, ClaimState to) {
        return LONG.compareAndSet(
                memory, at(cellOf(sequence)), ClaimWord.of(sequence, from), ClaimWord.of(sequence, to));
    }

    /**
     * Copies the peer's address out of a cell. Worker only, and before it claims, refuses or returns the offer: from then
     * on the master may use the cell again.
     *
     * @return its length, 8 or 24
     * @throws ProtocolException if the cell holds another offer, or anything else
     */
    public int address(long sequence, byte[] into, int offset) throws ProtocolException {
        // Read first: what offer() stored before this word is visible after it.
        long word = word(cellOf(sequence));
        if (ClaimWord.sequence(word) != sequence) {
            throw new ProtocolException(
                    "the cell of offer " + sequence + " holds " + ClaimWord.describe(word) + " instead");
        }
        int base = at(cellOf(sequence)) + ADDRESS;
        int length = memory.get(base);
        if (!isAddress(length)) {
            throw new ProtocolException(
                    "offer " + sequence + " carries an address of " + length + " bytes (1, 8 or 24)");
        }
        memory.get(base + 1, into, offset, length);
        return length;
    }

    private static boolean isAddress(int length) {
        return length == NO_ADDRESS || length == 8 || length == MAX_ADDRESS;
    }

    /** Whether the worker takes connections now. */
    public boolean wants() {
        return (long) LONG.getVolatile(memory, WANTS) != 0;
    }

    /** Worker only. The caller rings afterwards when the value changed. */
    public void wants(boolean wants) {
        LONG.setVolatile(memory, WANTS, wants ? 1L : 0L);
    }

    /** Master only: asks for a ring at the next claim. It must sweep once more before it sleeps. */
    public void armBell() {
        LONG.setVolatile(memory, BELL, 1L);
    }

    /** Master only: it is awake, claims need no ring. */
    public void disarmBell() {
        LONG.setVolatile(memory, BELL, 0L);
    }

    /** Worker only, after a claim: true if the master asked for a ring and nobody else has taken it upon himself. */
    public boolean takeBell() {
        return (long) LONG.getVolatile(memory, BELL) != 0 && LONG.compareAndSet(memory, BELL, 1L, 0L);
    }

    /** Master only: asks for a ring when a connection has ended. It must look once more before it sleeps. */
    public void armEndBell() {
        LONG.setVolatile(memory, END_BELL, 1L);
    }

    /** Worker only, after {@link #countClosed}: the same as {@link #takeBell} for connections that have ended. */
    public boolean takeEndBell() {
        return (long) LONG.getVolatile(memory, END_BELL) != 0 && LONG.compareAndSet(memory, END_BELL, 1L, 0L);
    }

    /** Worker only. */
    public void countAdopted() {
        LONG.getAndAdd(memory, ADOPTED, 1L);
    }

    /** Worker only. */
    public void countRefused() {
        LONG.getAndAdd(memory, REFUSED, 1L);
    }

    /** Worker only. */
    public void countReturned() {
        LONG.getAndAdd(memory, RETURNED, 1L);
    }

    /** Worker only: an adopted connection has ended. */
    public void countClosed() {
        LONG.getAndAdd(memory, CLOSED, 1L);
    }

    /** Connections that the worker has claimed so far. */
    public long adopted() {
        return (long) LONG.getVolatile(memory, ADOPTED);
    }

    /** Offers that the worker could not take so far. */
    public long refused() {
        return (long) LONG.getVolatile(memory, REFUSED);
    }

    /** Revoked offers that the worker has given back so far. */
    public long returned() {
        return (long) LONG.getVolatile(memory, RETURNED);
    }

    /** Adopted connections that have ended so far. */
    public long closed() {
        return (long) LONG.getVolatile(memory, CLOSED);
    }

    /** By which the master can tell whether this worker and its event loops still move. */
    public Heartbeats heartbeats() {
        return heartbeats;
    }

    private int at(int cell) {
        if (cell < 0 || cell >= window) {
            throw new IndexOutOfBoundsException("cell " + cell + " of " + window);
        }
        return CELLS + cell * CELL;
    }
}
