package org.nettycluster.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The descriptors of this process, as the kernel shows them. */
public final class OpenFiles {
    private OpenFiles() {}

    /** How many sockets are open. */
    public static int sockets() throws IOException {
        return (int) targets().stream()
                .filter(target -> target.startsWith("socket:"))
                .count();
    }

    /** What each descriptor refers to. */
    public static List<String> targets() throws IOException {
        List<String> targets = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : all.toList()) {
                try {
                    targets.add(Files.readSymbolicLink(each).toString());
                } catch (NoSuchFileException e) {
                    // Closed while we looked: the listing's own descriptor is one of those.
                }
            }
        }
        return targets;
    }
}
