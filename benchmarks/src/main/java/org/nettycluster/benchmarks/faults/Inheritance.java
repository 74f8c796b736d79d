package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which sockets a process holds, by the kernel's numbers for them, and what would become of them in another one. Stateless. */
final class Inheritance {
    private static final int CLOSE_ON_EXEC = 02000000;
    private static final int SESSION = 3;

    private Inheritance() {}

    /** The process's sockets, as {@code socket:[NUMBER]}. */
    static Set<String> sockets(long pid) {
        Set<String> sockets = new HashSet<>();
        for (Path descriptor : list(Path.of("/proc/" + pid + "/fd"))) {
            String target = target(descriptor);
            if (target.startsWith("socket:")) {
                sockets.add(target);
            }
        }
        return sockets;
    }

    /** How many of its sockets the kernel closes when it executes another program, in words. */
    static String closeOnExec(long pid) throws IOException {
        int marked = 0;
        int all = 0;
        for (Path descriptor : list(Path.of("/proc/" + pid + "/fd"))) {
            if (target(descriptor).startsWith("socket:")) {
                all++;
                String info = Files.readString(Path.of("/proc/" + pid + "/fdinfo/" + descriptor.getFileName()));
                int flags = Integer.parseInt(
                        info.lines()
                                .filter(line -> line.startsWith("flags:"))
                                .findFirst()
                                .orElseThrow()
                                .substring("flags:".length())
                                .strip(),
                        8);
                marked += (flags & CLOSE_ON_EXEC) == 0 ? 0 : 1;
            }
        }
        return marked + " of " + all + " are close-on-exec";
    }

    /** Processes of the session that this worker led; it has ended. */
    static List<ProcessHandle> leftBy(long worker) {
        return ProcessHandle.allProcesses()
                .filter(each -> each.pid() != worker && session(each.pid()) == worker)
                .toList();
    }

    private static long session(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[SESSION]);
        } catch (IOException e) {
            // Ended while we looked.
            return -1;
        }
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
