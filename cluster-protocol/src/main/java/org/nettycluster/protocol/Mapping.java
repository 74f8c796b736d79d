package org.nettycluster.protocol;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file in memory whose mapping can be ended. The JDK's own way is to wait until the collector finds the buffer, and a
 * master that allocates little may not collect for days. Any thread; whoever ends a mapping answers for nobody reading it
 * any more.
 *
 * <p>From JDK 22 on it is a segment of an arena; before, the buffer's cleaner is called, which later ones warn of. Both
 * are found by their names, since we are compiled for 17.
 */
final class Mapping {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Mapping.class);
    private static final @Nullable Way WAY = Runtime.version().feature() >= 22 ? arena() : cleaner();

    private final ByteBuffer memory;
    private final @Nullable MethodHandle end;

    private Mapping(ByteBuffer memory, @Nullable MethodHandle end) {
        this.memory = memory;
        this.end = end;
    }

    /** Maps and, later, says how to unmap. */
    @FunctionalInterface
    private interface Way {
        Mapping map(FileChannel file, int size) throws Throwable;
    }

    /** The first bytes of a file, which has as many. */
    static Mapping of(FileChannel file, int size) throws IOException {
        if (WAY != null) {
            try {
                return WAY.map(file, size);
            } catch (IOException | RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IOException("can't map a file", e);
            }
        }
        return new Mapping(file.map(MapMode.READ_WRITE, 0, size), null);
    }

    /**
     * Creates a file (exclusively, mode 0600) of zeros and maps it. It is filled by write(2) first, so that a full file
     * system is an exception here and not a SIGBUS at some later store.
     *
     * @throws IOException if the file exists, or there is no room; nothing is left behind
     */
    static Mapping create(Path file, int size) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            try {
                ByteBuffer zeros = ByteBuffer.allocate(size);
                while (zeros.hasRemaining()) {
                    channel.write(zeros);
                }
                return of(channel, size);
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(file);
                throw e;
            }
        }
    }

    ByteBuffer memory() {
        return memory;
    }

    /**
     * Ends it. Once.
     *
     * @return false if this JDK offers no way, so that the mapping lives until it is collected
     */
    boolean end() {
        if (end == null) {
            return false;
        }
        try {
            end.invoke();
            return true;
        } catch (Throwable e) {
            LOGGER.debug("can't end a mapping", e);
            return false;
        }
    }

    private static @Nullable Way arena() {
        try {
            Lookup lookup = MethodHandles.publicLookup();
            Class<?> arena = Class.forName("java.lang.foreign.Arena");
            Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
            MethodHandle open = lookup.findStatic(arena, "ofShared", MethodType.methodType(arena));
            MethodHandle close = lookup.findVirtual(arena, "close", MethodType.methodType(void.class));
            MethodHandle map = lookup.findVirtual(
                    FileChannel.class,
                    "map",
                    MethodType.methodType(segment, MapMode.class, long.class, long.class, arena));
            MethodHandle buffer = lookup.findVirtual(segment, "asByteBuffer", MethodType.methodType(ByteBuffer.class));
            return (file, size) -> {
                Object scope = open.invoke();
                try {
                    Object mapped = map.invoke(file, MapMode.READ_WRITE, 0L, (long) size, scope);
                    return new Mapping((ByteBuffer) buffer.invoke(mapped), close.bindTo(scope));
                } catch (Throwable e) {
                    // The collector knows nothing of it.
                    close.invoke(scope);
                    throw e;
                }
            };
        } catch (ReflectiveOperationException e) {
            LOGGER.debug("no arenas in this JDK", e);
            return null;
        }
    }

    private static @Nullable Way cleaner() {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field instance = unsafe.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            MethodHandle clean = MethodHandles.lookup()
                    .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
                    .bindTo(instance.get(null));
            return (file, size) -> {
                ByteBuffer mapped = file.map(MapMode.READ_WRITE, 0, size);
                return new Mapping(mapped, clean.bindTo(mapped));
            };
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOGGER.debug("this JDK can't end a mapping: claim pages stay mapped until they are collected", e);
            return null;
        }
    }
}
