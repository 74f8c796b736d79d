package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nettycluster.benchmarks.load.Mode;

/**
 * A class archive for workers that are killed all the time: a start costs half the processor then, which the load needs.
 * Written by one worker that serves for a moment and ends in good order. Owns the file.
 */
final class QuickStart implements AutoCloseable {
    private static final double RATE = 200;
    private static final Duration LENGTH = Duration.ofSeconds(2);

    private final @Nullable Path archive;
    private final List<String> jvm;

    private QuickStart(@Nullable Path archive, List<String> jvm) {
        this.archive = archive;
        this.jvm = List.copyOf(jvm);
    }

    /** No archive: JVMs start as they do. */
    static QuickStart none(List<String> jvm) {
        return new QuickStart(null, jvm);
    }

    /** @param jvm options of the workers' JVMs; the archive fits no others */
    static QuickStart archive(Mode mode, List<String> jvm) throws IOException {
        Path archive = Files.createTempDirectory("ncluster-archive-").resolve("worker.jsa");
        List<String> writing = new ArrayList<>(jvm);
        writing.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
        try (RecordedFleet fleet = new RecordedFleet(mode, 1, 1, writing, b -> b)) {
            fleet.warmUp(RATE, LENGTH);
            fleet.master().stop().toCompletableFuture().join();
        }
        List<String> reading = new ArrayList<>(jvm);
        if (Files.exists(archive)) {
            reading.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off"));
        }
        return new QuickStart(archive, reading);
    }

    /** Options of workers that start from it. */
    List<String> jvm() {
        return jvm;
    }

    @Override
    public void close() throws IOException {
        if (archive != null) {
            Files.deleteIfExists(archive);
            Files.delete(archive.getParent());
        }
    }
}
