package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.faults.program.Talks;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;
import org.nettycluster.master.control.RunDirectory;

/**
 * F23: nobody reads the output any more, the disk that it goes to is full, no process can be started. A jump of the clock
 * is not made here (it needs a library that lies to the process): that decisions use only System.nanoTime is a rule of
 * the build.
 */
final class ClockAndDisk implements Scenario {
    private static final int WORKERS = 4;
    private static final Duration BACK = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "clock-and-disk";
    }

    @Override
    public String promise() {
        return "the reader of the master's output has stopped, then the disk behind it is full, while " + WORKERS
                + " workers talk and one is killed; then the user may start no process while one is killed (as root left"
                + " out: root has no such limit): none refused or hung, every failed one had been claimed, all workers ready "
                + BACK.toSeconds() + " s later";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        Path jar = ProgramJar.beside(stage).of(Talks.class);
        Path pipe = stage.directory().resolve("output");
        if (new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor() != 0) {
            throw new IOException("can't make the pipe " + pipe);
        }
        // Open for reading, so that writing can begin, and never read.
        FileChannel reader = stage.keep(FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE));
        underLoad(stage, verdict, jar, pipe, "stopped reader", false);
        reader.close();
        underLoad(stage, verdict, jar, Path.of("/dev/full"), "full disk", false);
        if (RunDirectory.currentUid() == 0) {
            stage.say("no limit of processes: root has none; run as an ordinary user");
        } else {
            underLoad(stage, verdict, jar, stage.directory().resolve("run.log"), "no process", true);
        }
    }

    private static void underLoad(Stage stage, Verdict verdict, Path jar, Path output, String what, boolean noProcess)
            throws Exception {
        RunningCluster cluster =
                stage.cluster(WORKERS, List.of("--breaker", "off", "--back-off-max", "500ms"), jar, List.of(), output);
        LoadRun.builder(cluster.uri()).rate(200).length(Duration.ofSeconds(2)).run();
        Claims claims = Claims.count(cluster);
        Vitals master = new Vitals(cluster.master().pid());
        LoadRun load = stage.load(LoadRun.builder(cluster.uri())
                .rate(200)
                .timeout(Duration.ofSeconds(20))
                .build());
        RunningCluster.pause(Duration.ofSeconds(stage.choose(2, 10)));
        JsonObject victim = cluster.slots().get(0);
        String processes = master.softLimit("Max processes");
        if (noProcess) {
            master.limit("nproc", "1:");
        }
        RunningCluster.kill(victim.number("pid"));
        if (noProcess) {
            RunningCluster.pause(Duration.ofSeconds(stage.choose(2, 10)));
            verdict.require(
                    cluster.status().number("ready") == WORKERS - 1,
                    cluster.status().number("ready") + " of " + WORKERS
                            + " are ready without a process for the killed one");
            master.limit("nproc", processes + ":");
        }
        Duration back = cluster.await(
                status -> status.number("ready") == WORKERS
                        && status.objects("slots").stream()
                                .noneMatch(slot -> slot.number("pid") == victim.number("pid")),
                what + ": no successor is ready",
                Duration.ofSeconds(30));
        RunningCluster.pause(Duration.ofSeconds(1));
        Report report = load.stop();
        stage.say(what + ": " + report.outcomes() + ", all ready after " + back.toMillis() + " ms");
        claims.judge(report, verdict);
        verdict.figure(what + ": connections", report.attempts())
                .figure("failed", report.failed())
                .figure("all ready after ms", back.toMillis())
                .require(back.compareTo(BACK) <= 0, what + ": all were ready too late")
                .require(
                        report.count(Outcome.REFUSED) + report.count(Outcome.TIMEOUT) == 0,
                        what + ": " + report.outcomes());
        cluster.close();
    }
}
