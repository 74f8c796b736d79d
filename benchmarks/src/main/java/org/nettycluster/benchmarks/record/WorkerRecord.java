package org.nettycluster.benchmarks.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The record that one worker process writes: a file mapped into memory, to which any of its threads appends. What was
 * appended is there whatever becomes of the process, since the pages are the kernel's.
 *
 * <pre>
 *   0        8        16                                       48
 *   | word   | time   | socket cookie, or nonce                 |    one entry
 *   word = port &lt;&lt; 16 | length of the nonce &lt;&lt; 8 | kind
 * </pre>
 *
 * <p>The word is written last: an entry that was being written when the process was killed reads as none. The first
 * entry of the file says only whether the file was too short.
 */
public final class WorkerRecord {
    static final int ENTRY = 48;
    static final int LONGEST_NONCE = 32;
    static final int ACCEPTED = 1;
    static final int REQUESTED = 2;
    static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final String SUFFIX = ".record";

    private final MappedByteBuffer memory;
    private final int capacity;
    private final AtomicInteger next = new AtomicInteger(1);

    private WorkerRecord(MappedByteBuffer memory, int capacity) {
        this.memory = memory;
        this.capacity = capacity;
    }

    /**
     * Creates the file. It is sparse: what is not written costs nothing.
     *
     * @param worker part of its name
     * @param capacity entries
     */
    public static WorkerRecord create(Path directory, String worker, int capacity) {
        Path file = directory.resolve(worker + "-" + ProcessHandle.current().pid() + SUFFIX);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new WorkerRecord(channel.map(MapMode.READ_WRITE, 0, (capacity + 1L) * ENTRY), capacity);
        } catch (IOException e) {
            throw new UncheckedIOException("can't create the record " + file, e);
        }
    }

    static boolean isOne(Path file) {
        return file.getFileName().toString().endsWith(SUFFIX);
    }

    static String workerOf(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.lastIndexOf('-'));
    }

    /**
     * A connection has become active.
     *
     * @param port the peer's
     * @param cookie the kernel's number of this socket, equal in all processes that hold it and never used again
     */
    public void accepted(int port, long cookie) {
        int at = take();
        if (at > 0) {
            LONG.set((ByteBuffer) memory, at + 16, cookie);
            commit(at, ACCEPTED, port, 0);
        }
    }

    /** A request, before anything is done about it. */
    public void requested(int port, String nonce) {
        byte[] bytes = nonce.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > LONGEST_NONCE) {
            throw new IllegalArgumentException(
                    "nonce '" + nonce + "' is longer than " + LONGEST_NONCE + ": the record has no room for it");
        }
        int at = take();
        if (at > 0) {
            memory.put(at + 16, bytes);
            commit(at, REQUESTED, port, bytes.length);
        }
    }

    private int take() {
        int index = next.getAndIncrement();
        if (index > 0 && index <= capacity) {
            return index * ENTRY;
        }
        LONG.setRelease((ByteBuffer) memory, 0, 1L);
        return 0;
    }

    private void commit(int at, int kind, int port, int length) {
        LONG.set((ByteBuffer) memory, at + 8, System.nanoTime());
        LONG.setRelease((ByteBuffer) memory, at, (long) port << 16 | (long) length << 8 | kind);
    }
}
