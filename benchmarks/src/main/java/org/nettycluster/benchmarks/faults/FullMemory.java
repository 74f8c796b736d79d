package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;
import org.nettycluster.master.control.RunDirectory;

/**
 * The memory file system in which claim pages lie is full. A store to a mapped page without memory behind it would be
 * SIGBUS, the end of a JVM. The cluster gets a {@code /dev/shm} of its own, so that nobody else's is filled.
 */
final class FullMemory implements Scenario {
    private static final int WORKERS = 4;
    private static final Duration BACK = Duration.ofSeconds(5);

    /**
     * The mount namespace that unshare(1) has made gets a root of its own, with all that the old one has but another
     * {@code /dev/shm}, and the directory of the stage in the place where it was. The mere mount would do for root; of an
     * ordinary user's namespace all files of root belong to nobody, and no run directory below such a root is safe.
     */
    private static final String SCRIPT = """
            set -e
            stage=$1 home=$2 size=$3 filled=$4
            shift 4
            root=$stage/root
            mkdir -p "$root"
            mount -t tmpfs -o mode=755 none "$root"
            for each in /*; do
                case $stage/ in "$each"/*) continue ;; esac
                if [ -L "$each" ]; then
                    cp -P "$each" "$root$each"
                elif [ -d "$each" ]; then
                    mkdir "$root$each"
                    mount --rbind "$each" "$root$each"
                fi
            done
            for each in "$stage" "$home"; do
                mkdir -p "$root$each"
                mount --bind "$each" "$root$each"
            done
            mount -t tmpfs -o "mode=1777,size=$size" none "$root/dev/shm"
            head -c "$filled" /dev/zero >"$root/dev/shm/begin"
            cd "$home"
            exec chroot "$root" "$@"
            """;

    private static final String REASON =
            "the master can't create a claim page in /dev/shm, which is full: make room there";

    @Override
    public String name() {
        return "full-memory";
    }

    @Override
    public String promise() {
        return "the memory file system is full while one of " + WORKERS
                + " workers is killed and the others are reloaded:"
                + " none refused or hung, every failed one had been claimed, no other process ends, successors and reload"
                + " say why they fail; all are ready " + BACK.toSeconds()
                + " s after there is room. Full from the start:"
                + " exit code not 0, and the reason";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        whileItRuns(stage, verdict);
        fromTheBeginning(stage, verdict);
    }

    private static void whileItRuns(Stage stage, Verdict verdict) throws Exception {
        RunningCluster cluster = stage.cluster(
                WORKERS,
                List.of("--breaker", "off", "--back-off-max", "500ms"),
                stage.installation().example(),
                namespace(stage, "1m", 0));
        LoadRun.builder(cluster.uri()).rate(200).length(Duration.ofSeconds(2)).run();
        Claims claims = Claims.count(cluster);
        LoadRun load = stage.load(LoadRun.builder(cluster.uri())
                .rate(200)
                .timeout(Duration.ofSeconds(20))
                .build());
        Path memory = Path.of("/proc", "" + cluster.master().pid(), "root", "dev", "shm");
        Filler filler = stage.keep(new Filler(memory.resolve("filled")));
        filler.awaitFull();
        List<Long> pids = pids(cluster);
        RunningCluster.kill(pids.remove(0));
        int vain = stage.choose(2, 20);
        cluster.await(
                status -> failures(cluster) >= vain,
                "the successors did not fail " + vain + " times: is the run directory in memory?",
                Duration.ofMinutes(2));
        CommandResult reload = cluster.command("reload", "--ready-timeout", "10s");
        stage.say("reload: exit code " + reload.exitCode() + ", " + reload.lastLine());
        verdict.require(reload.exitCode() != 0, "the reload says that it was done")
                .require(reload.output().contains(REASON), "the reload does not say why it failed: " + reload.output())
                .require(
                        cluster.status().number("ready") == WORKERS - 1,
                        cluster.status().number("ready") + " of " + WORKERS + " are ready without memory for one")
                .require(pids(cluster).containsAll(pids), "another worker has ended");
        filler.close();
        Duration back = cluster.awaitReady(Duration.ofSeconds(30));
        RunningCluster.pause(Duration.ofSeconds(1));
        Report report = load.stop();
        claims.judge(report, verdict);
        verdict.figure("connections", report.attempts())
                .figure("failed", report.failed())
                .figure("successors in vain", failures(cluster))
                .figure("all ready after ms", back.toMillis())
                .require(back.compareTo(BACK) <= 0, "all were ready too late")
                .require(report.count(Outcome.REFUSED) + report.count(Outcome.TIMEOUT) == 0, "" + report.outcomes())
                .require(pids(cluster).containsAll(pids), "another worker has ended");
        cluster.close();
    }

    private static void fromTheBeginning(Stage stage, Verdict verdict) throws Exception {
        RunningCluster cluster = stage.keep(RunningCluster.start(
                stage.installation(),
                stage.directory().resolve("run"),
                2,
                List.of(),
                stage.installation().example(),
                namespace(stage, "4k", 4096),
                stage.directory().resolve("start.log")));
        boolean ended = cluster.master().waitFor(60, TimeUnit.SECONDS);
        String said = String.join("\n", cluster.lines());
        stage.say("full from the beginning: " + cluster.tail());
        verdict.require(ended, "a master without memory goes on")
                .require(!ended || cluster.master().exitValue() != 0, "a master without memory says that all was well")
                .require(said.contains(REASON), "it does not say why: " + said)
                .require(!said.contains("\tat "), "a stack trace for a full file system: " + said);
    }

    /** Starts what follows, with so much memory for pages, of which so many bytes are taken. */
    private static List<String> namespace(Stage stage, String size, int filled) throws IOException {
        List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
        if (RunDirectory.currentUid() != 0) {
            command.add("--map-root-user");
        }
        Path home = stage.installation().home().toRealPath();
        command.addAll(
                List.of("sh", "-c", SCRIPT, "sh", stage.directory().toString(), home.toString(), size, "" + filled));
        return command;
    }

    private static int failures(RunningCluster cluster) {
        try {
            return cluster.lines(REASON).size();
        } catch (IOException e) {
            return 0;
        }
    }

    private static List<Long> pids(RunningCluster cluster) throws IOException {
        return new ArrayList<>(
                cluster.slots().stream().map(slot -> slot.number("pid")).toList());
    }

    /** Takes what is free, and whatever becomes so, until it is closed; then gives it back. */
    private static final class Filler implements AutoCloseable, Runnable {
        private final Path file;
        private final Thread thread = new Thread(this, "filler");
        private volatile boolean full;
        private volatile boolean ends;

        Filler(Path file) {
            this.file = file;
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void run() {
            ByteBuffer some = ByteBuffer.allocate(4096);
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                while (!ends) {
                    try {
                        channel.write(some.clear());
                    } catch (IOException e) {
                        full = true;
                        RunningCluster.pause(Duration.ofMillis(5));
                    }
                }
                Files.delete(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void awaitFull() throws IOException {
            while (!full) {
                if (!thread.isAlive()) {
                    throw new IOException("can't fill the cluster's own memory file system through " + file);
                }
                RunningCluster.pause(Duration.ofMillis(5));
            }
        }

        @Override
        public void close() {
            ends = true;
            while (thread.isAlive()) {
                RunningCluster.pause(Duration.ofMillis(5));
            }
        }
    }
}
