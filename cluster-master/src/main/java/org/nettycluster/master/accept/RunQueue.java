package org.nettycluster.master.accept;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nettycluster.master.dispatch.Crowding;

/**
 * How many threads of this machine run or wait for a processor, by the fourth field of /proc/loadavg, see proc(5). In a
 * container that is the whole machine, and so are the processors.
 */
public final class RunQueue {
    private static final Path LOAD = Path.of("/proc/loadavg");
    private static final Path ONLINE = Path.of("/sys/devices/system/cpu/online");

    private RunQueue() {}

    /** A new one, for one listener, that reads it when asked; where it can't be read there is never a crowd. */
    public static Crowding crowding() {
        try {
            return new Crowding(processors(Files.readString(ONLINE)), RunQueue::others);
        } catch (IOException | NumberFormatException e) {
            return Crowding.UNKNOWN;
        }
    }

    /** The count now, without the thread that asks; -1 if it can't be told. */
    private static int others() {
        try {
            return others(Files.readString(LOAD, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return -1;
        }
    }

    /** Of a line like {@code 0.20 0.18 0.12 3/80 11206}. */
    static int others(String line) {
        String[] fields = line.split(" ", -1);
        int slash = fields.length < 4 ? -1 : fields[3].indexOf('/');
        try {
            return slash < 0 ? -1 : Math.max(0, Integer.parseInt(fields[3].substring(0, slash)) - 1);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Of a list like {@code 0-3,8}. */
    static int processors(String list) {
        int count = 0;
        for (String range : list.strip().split(",", -1)) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = Integer.parseInt(range.substring(dash + 1));
            count += last - first + 1;
        }
        return count;
    }
}
