package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.nettycluster.benchmarks.load.LoadRun;

/**
 * Where one scenario takes place: a directory, the programs of this checkout, and whatever must be ended behind it. Used by
 * the thread of its scenario; closed by that, or by the end of the process.
 */
public final class Stage implements AutoCloseable {
    private final Installation installation;
    private final boolean brief;
    private final Consumer<String> lines;
    private final Path directory;
    private final long begin = System.nanoTime();
    private final Deque<AutoCloseable> open = new ConcurrentLinkedDeque<>();

    Stage(Installation installation, boolean brief, Consumer<String> lines) throws IOException {
        this.installation = installation;
        this.brief = brief;
        this.lines = lines;
        this.directory = Files.createTempDirectory("ncluster-faults-");
    }

    /** Whether seconds are to be enough. */
    public boolean isShort() {
        return brief;
    }

    /** The one for a short run, or the other. */
    public <T> T choose(T brief, T full) {
        return this.brief ? brief : full;
    }

    /** Of this scenario alone; gone behind it. */
    public Path directory() {
        return directory;
    }

    /** The programs. */
    public Installation installation() {
        return installation;
    }

    /** One step, for people. */
    public void say(String step) {
        lines.accept(String.format(Locale.ROOT, "  %7.2f s  %s", (System.nanoTime() - begin) / 1e9, step));
    }

    /** To be closed behind the scenario, the latest first. */
    public <T extends AutoCloseable> T keep(T closeable) {
        open.push(closeable);
        return closeable;
    }

    /** Started, and stopped behind the scenario if it still runs. */
    public LoadRun load(LoadRun run) {
        keep(run::stop);
        run.start();
        run.counting().join();
        return run;
    }

    /**
     * A cluster of the HTTP example, all of whose workers are ready.
     *
     * @param options of {@code ncluster run}
     */
    public RunningCluster cluster(int workers, List<String> options) throws IOException {
        return cluster(workers, options, installation.example());
    }

    /** The same with another program, which takes {@code --port 0}. */
    public RunningCluster cluster(int workers, List<String> options, Path jar) throws IOException {
        return cluster(workers, options, jar, List.of());
    }

    /** The same, started by another command that takes it as its last arguments and becomes it. */
    RunningCluster cluster(int workers, List<String> options, Path jar, List<String> prefix) throws IOException {
        return cluster(workers, options, jar, prefix, directory.resolve("run.log"));
    }

    /** The same, and where the output goes. */
    RunningCluster cluster(int workers, List<String> options, Path jar, List<String> prefix, Path output)
            throws IOException {
        long from = System.nanoTime();
        RunningCluster cluster = keep(
                RunningCluster.start(installation, directory.resolve("run"), workers, options, jar, prefix, output));
        cluster.awaitReady(Duration.ofSeconds(60));
        say(workers + " workers are ready on " + cluster.uri() + " after " + (System.nanoTime() - from) / 1_000_000
                + " ms");
        return cluster;
    }

    /** A second time does nothing. */
    @Override
    public void close() throws IOException {
        for (AutoCloseable next = open.poll(); next != null; next = open.poll()) {
            try {
                next.close();
            } catch (Exception e) {
                say("could not be ended: " + e);
            }
        }
        if (Files.notExists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
