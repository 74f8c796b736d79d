package org.nettycluster.worker;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last file descriptors below this process's limit, which connections leave to the rest of the program: who loads a
 * class or writes a log opens a file. Immutable; any thread.
 *
 * <p>It costs nothing until it is touched. The kernel gives the lowest free number, so a connection with a number within
 * the reserve says that all numbers below are taken. The limit is looked up once: the JVM raises it to the hard limit
 * when it starts, and then it stays.
 */
final class DescriptorReserve {
    /** As many as it has, unless the whole process has hardly more. */
    static final int MOST = 32;

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(DescriptorReserve.class);
    private static final Path OPEN = Path.of("/proc/self/fd");
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String OPEN_FILES = "Max open files";

    private final int limit;
    private final int first;

    /**
     * @param limit of open files
     * @param lowestFree the number that the kernel would give now: what is left is halved if it is little
     */
    DescriptorReserve(int limit, int lowestFree) {
        this.limit = limit;
        this.first = limit - Math.max(0, Math.min(MOST, (limit - lowestFree) / 2));
    }

    /** As things stand. */
    static DescriptorReserve ofThisProcess() {
        return new DescriptorReserve(limit(), lowestFree());
    }

    /** How many of the reserve's numbers are in use now. */
    int taken() {
        int taken = 0;
        for (int number = first; number < limit; number++) {
            taken += Files.exists(OPEN.resolve(Integer.toString(number)), LinkOption.NOFOLLOW_LINKS) ? 1 : 0;
        }
        return taken;
    }

    /**
     * Whether a descriptor that was just received leaves no more free than are reserved.
     *
     * @param taken of the reserve: for each of them one below it counts as reserved
     */
    boolean holds(int number, int taken) {
        return number >= first - taken;
    }

    /** Whether the next connection would be the first too many. */
    boolean isReached(int taken) {
        List<FileDescriptor> probes = new ArrayList<>(taken + 1);
        boolean reached = false;
        while (!reached && probes.size() <= taken) {
            FileDescriptor probe = probe();
            if (probe == null) {
                reached = true;
            } else {
                probes.add(probe);
                reached = probe.intValue() >= first;
            }
        }
        probes.forEach(DescriptorReserve::close);
        return reached;
    }

    @Override
    public String toString() {
        return "the last " + (limit - first) + " of " + limit + " file descriptors";
    }

    private static int lowestFree() {
        FileDescriptor probe = probe();
        if (probe == null) {
            return 0;
        }
        int number = probe.intValue();
        close(probe);
        return number;
    }

    /** The cheapest thing that takes a number; null if there is none. */
    private static @Nullable FileDescriptor probe() {
        try {
            return Native.newEventFd();
        } catch (ChannelException e) {
            return null;
        }
    }

    private static void close(FileDescriptor probe) {
        try {
            probe.close();
        } catch (IOException e) {
            LOGGER.debug("can't close {}", probe, e);
        }
    }

    private static int limit() {
        try {
            for (String line : Files.readAllLines(LIMITS)) {
                if (line.startsWith(OPEN_FILES)) {
                    String soft = line.substring(OPEN_FILES.length()).strip().split(" ", 2)[0];
                    return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(soft));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // Without /proc there is no reserve, and a connection that finds no descriptor goes back to the master.
        }
        return Integer.MAX_VALUE;
    }
}
