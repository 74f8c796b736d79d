package org.nettycluster.protocol;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Ends mappings at once. The JDK's own way is to wait until the collector finds the buffer, and a master that allocates
 * little may not collect for days. Any thread; whoever ends a mapping answers for nobody reading it any more, since the
 * next access would be a fault of the whole process.
 */
final class Unmapping {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Unmapping.class);
    private static final @Nullable MethodHandle INVOKE_CLEANER = find();

    private Unmapping() {}

    /**
     * Ends it, the first time.
     *
     * @return false if this JDK offers no way, so that the mapping lives until it is collected
     */
    static boolean of(MappedByteBuffer mapping) {
        if (INVOKE_CLEANER == null) {
            return false;
        }
        try {
            INVOKE_CLEANER.invoke((ByteBuffer) mapping);
            return true;
        } catch (Throwable e) {
            LOGGER.debug("can't end a mapping, leaving it to the collector", e);
            return false;
        }
    }

    // By its name: javac warns of every other use, and a JDK without it must still run us.
    private static @Nullable MethodHandle find() {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field instance = unsafe.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            return MethodHandles.lookup()
                    .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
                    .bindTo(instance.get(null));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOGGER.debug("this JDK can't end a mapping: claim pages stay mapped until they are collected", e);
            return null;
        }
    }
}
