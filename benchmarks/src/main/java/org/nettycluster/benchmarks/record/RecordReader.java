package org.nettycluster.benchmarks.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.nettycluster.benchmarks.record.Entry.Accepted;
import org.nettycluster.benchmarks.record.Entry.Requested;

/** Reads the records of all workers, one after the other, while they may still be written to. Stateless. */
public final class RecordReader {
    /** Each thread of a killed worker may leave one entry unfinished; behind so many there is nothing more. */
    private static final int MOST_HOLES = 256;

    private RecordReader() {}

    /**
     * Reads every record in this directory.
     *
     * @throws IOException if one cannot be read, or was too short for what its worker had to say
     */
    public static void read(Path directory, Consumer<Entry> reader) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(WorkerRecord::isOne).sorted().toList();
        }
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                read(file, channel.map(MapMode.READ_ONLY, 0, channel.size()), reader);
            }
        }
    }

    private static void read(Path file, MappedByteBuffer memory, Consumer<Entry> reader) throws IOException {
        int entries = memory.capacity() / WorkerRecord.ENTRY;
        if (word(memory, 0) != 0) {
            throw new IOException("the record " + file + " was full after " + (entries - 1)
                    + " entries and says nothing about what came then: give it a larger capacity");
        }
        String worker = WorkerRecord.workerOf(file);
        int holes = 0;
        for (int i = 1; i < entries && holes < MOST_HOLES; i++) {
            int at = i * WorkerRecord.ENTRY;
            long word = word(memory, at);
            if (word == 0) {
                holes++;
                continue;
            }
            holes = 0;
            reader.accept(new Entry(
                    worker,
                    i,
                    (long) WorkerRecord.LONG.get((ByteBuffer) memory, at + 8),
                    (int) (word >>> 16) & 0xffff,
                    (word & 0xff) == WorkerRecord.ACCEPTED
                            ? new Accepted((long) WorkerRecord.LONG.get((ByteBuffer) memory, at + 16))
                            : new Requested(nonce(memory, at + 16, (int) (word >>> 8) & 0xff))));
        }
    }

    private static long word(ByteBuffer memory, int at) {
        return (long) WorkerRecord.LONG.getAcquire(memory, at);
    }

    private static String nonce(ByteBuffer memory, int at, int length) {
        byte[] bytes = new byte[length];
        memory.get(at, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
