package org.nettycluster.master.supervise;

import java.util.ArrayList;
import java.util.List;

/**
 * What W JVMs on one machine owe each other: a share of the processors and of the memory. Pure. Options that the user
 * gives come later on the command line and win.
 */
public final class JvmManners {
    /** Of the memory, in percent; the rest is for what lies outside of heaps, and for the kernel's socket buffers. */
    private static final int HEAP_SHARE = 60;

    private JvmManners() {}

    /**
     * Options for each worker.
     *
     * @param workers how many there will be, at least 1
     * @param processors available to the container
     * @param javaVersion feature release of the JVM that runs them
     */
    public static List<String> options(int workers, int processors, int javaVersion) {
        List<String> options = new ArrayList<>();
        options.add("-XX:ActiveProcessorCount=" + Math.max(1, processors / workers));
        options.add("-XX:MaxRAMPercentage=" + Math.max(1, HEAP_SHARE / workers));
        if (javaVersion >= 24) {
            // Netty loads its epoll library and uses Unsafe; without these the JVM warns at every start.
            options.add("--enable-native-access=ALL-UNNAMED");
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        return options;
    }
}
