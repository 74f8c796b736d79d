package org.nettycluster.master.accept;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections that the kernel has dropped before anybody could accept them: its counts for all listening sockets of this
 * network namespace, since its own start.
 *
 * @param overflows for which a backlog was full
 * @param drops these, and what was dropped for other reasons
 */
public record KernelLosses(long overflows, long drops) {
    private static final Path COUNTERS = Path.of("/proc/net/netstat");

    /** The counts now; null if they can't be read. */
    public static @Nullable KernelLosses read() {
        try {
            return of(Files.readAllLines(COUNTERS));
        } catch (IOException | RuntimeException e) {
            // A status without them is better than none.
            return null;
        }
    }

    /** Of lines that come in pairs: one of names and one of values, both headed by the name of the group. */
    static @Nullable KernelLosses of(List<String> lines) {
        for (int i = 0; i + 1 < lines.size(); i++) {
            if (lines.get(i).startsWith("TcpExt:")) {
                List<String> names = Arrays.asList(lines.get(i).split(" ", -1));
                String[] values = lines.get(i + 1).split(" ", -1);
                int overflows = names.indexOf("ListenOverflows");
                int drops = names.indexOf("ListenDrops");
                if (overflows > 0 && drops > 0 && values.length == names.size()) {
                    return new KernelLosses(Long.parseLong(values[overflows]), Long.parseLong(values[drops]));
                }
            }
        }
        return null;
    }
}
