package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.nettycluster.benchmarks.load.Mode;

/**
 * A class archive for workers that are killed all the time: a start costs half the processor then, which the load needs.
 * Written by one worker that serves for a moment and ends in good order. Owns the file.
 */
final class QuickStart implements AutoCloseable {
    private static final double RATE = 200;
    private static final Duration LENGTH = Duration.ofSeconds(2);

    private final Path archive;
    private final List<String> jvm;

    /** @param jvm options of the workers' JVMs; the archive fits no others */
    QuickStart(Mode mode, List<String> jvm) throws IOException {
        archive = Files.createTempDirectory("ncluster-archive-").resolve("worker.jsa");
        List<String> writing = new ArrayList<>(jvm);
        writing.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
        try (RecordedFleet fleet = new RecordedFleet(mode, 1, 1, writing, b -> b)) {
            fleet.warmUp(RATE, LENGTH);
            fleet.master().stop().toCompletableFuture().join();
        }
        this.jvm = new ArrayList<>(jvm);
        if (Files.exists(archive)) {
            this.jvm.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off"));
        }
    }

    /** Options of workers that start from it. */
    List<String> jvm() {
        return List.copyOf(jvm);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(archive);
        Files.delete(archive.getParent());
    }
}
