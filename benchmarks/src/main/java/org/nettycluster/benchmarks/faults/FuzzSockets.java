package org.nettycluster.benchmarks.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.nettycluster.benchmarks.attack.Fuzzer;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.LoadRunBuilder;
import org.nettycluster.benchmarks.load.Mode;
import org.nettycluster.benchmarks.load.Report;
import org.nettycluster.benchmarks.record.Judgement;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.protocol.WorkerEnvironment;

/**
 * F18: a process of our own user says nonsense on the control socket for as long as clients are served, as a stranger and
 * as thousands of workers that turn bad behind their hello, on control connections, on lanes and in claim pages. The
 * master is this JVM, and must end as it was: serving, with as many descriptors and listeners as before.
 */
final class FuzzSockets {
    private static final double LOAD = 300;
    private static final int WORKERS = 3;
    private static final double MOST_SLOWER = 1.5;

    private FuzzSockets() {}

    static Finding run(Stage stage, int frames, double rate, long seed) throws IOException, InterruptedException {
        Finding.Checks checks = new Finding.Checks();
        try (CountedLog log = CountedLog.instead();
                RecordedFleet fleet =
                        new RecordedFleet(Mode.ONE_SHOT, WORKERS, 1, List.of("-XX:+UseSerialGC", "-Xmx64m"), b -> b)) {
            List<Long> workers =
                    fleet.serving().stream().map(WorkerProcess::pid).toList();
            fleet.warmUp(LOAD, Duration.ofSeconds(8));
            // Briefly, so that what the first attack loads and opens is there before we count.
            attack(fleet, frames / 100 + 1, rate, seed + 1);
            int before = fleet.descriptorsOnceAtRest(0);
            Duration length = Duration.ofMillis((long) (frames * 1000L / rate));
            Report quiet = load(fleet).length(length).run();
            stage.say("without: " + figures(quiet));
            LoadRun load = load(fleet).build().start();
            load.counting().join();
            String did = attack(fleet, frames, rate, seed);
            Report report = load.stop();
            stage.say("with: " + figures(report));
            int after = fleet.descriptorsOnceAtRest(before);
            int listeners = fleet.master().addresses().size();
            Judgement judgement = fleet.judge(List.of());
            double slower = p99(report) / p99(quiet);
            checks.that(
                    report.failed() + quiet.failed() == 0, report.failed() + " requests failed: " + report.failures());
            checks.that(judgement.isClean(), judgement.words());
            checks.that(after <= before, after - before + " descriptors were left in the master");
            checks.that(listeners == 1, listeners - 1 + " listeners were left in the master");
            checks.that(did.endsWith(" 0 not ended"), "connections were not ended: " + did);
            checks.that(
                    fleet.serving().stream().map(WorkerProcess::pid).toList().equals(workers),
                    "workers that did no wrong were replaced");
            checks.that(
                    stage.isShort() || slower <= MOST_SLOWER,
                    String.format(Locale.ROOT, "p99 is %.2f times that of the quiet run (at most 1.5)", slower));
            String isVoid = report.voidBecause()
                    .or(quiet::voidBecause)
                    .map(why -> "void: " + why + "; ")
                    .orElse("");
            return checks.with(String.format(
                    Locale.ROOT,
                    "%sseed %d: %s in %.0f s, %d lines in the master's log; %d requests beside it, %d failed; p50 %.2f and p99 %.2f ms, without %.2f and "
                            + "%.2f ms; descriptors of the master %d before and %d after",
                    isVoid,
                    seed,
                    did,
                    report.took().toMillis() / 1e3,
                    log.lines(),
                    report.attempts(),
                    report.failed(),
                    Watched.percentile(report.toBody(), 50),
                    p99(report),
                    Watched.percentile(quiet.toBody(), 50),
                    p99(quiet),
                    before,
                    after));
        }
    }

    private static LoadRunBuilder load(RecordedFleet fleet) {
        return fleet.load().rate(LOAD).warmUp(Duration.ofSeconds(2)).bound(Duration.ofMillis(20));
    }

    private static double p99(Report report) {
        return Watched.percentile(report.toBody(), 99);
    }

    private static String figures(Report report) {
        return String.format(
                Locale.ROOT,
                "%d requests, %d failed, p99 %.2f ms, lateness p99 %.2f ms",
                report.attempts(),
                report.failed(),
                p99(report),
                Watched.percentile(report.lateness(), 99));
    }

    /** To its end; it is given as many workers to be as it asks for. */
    private static String attack(RecordedFleet fleet, int frames, double rate, long seed)
            throws IOException, InterruptedException {
        WorkerEnvironment first = fleet.master().admit();
        Process fuzzer = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Fuzzer.class.getName(),
                        first.socket().toString(),
                        "" + frames,
                        "" + rate,
                        "" + seed)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // Ten times what it should take: a fuzzer that hangs is killed, and the run has failed.
        CompletableFuture.delayedExecutor((long) (30 + 10 * frames / rate), TimeUnit.SECONDS)
                .execute(fuzzer::destroyForcibly);
        try (BufferedReader says =
                        new BufferedReader(new InputStreamReader(fuzzer.getInputStream(), StandardCharsets.UTF_8));
                PrintWriter tokens = new PrintWriter(fuzzer.getOutputStream(), false, StandardCharsets.US_ASCII)) {
            String last = "";
            for (String line = says.readLine(); line != null; line = says.readLine()) {
                if (line.equals(Fuzzer.MORE)) {
                    for (int i = 0; i < Fuzzer.AT_A_TIME; i++) {
                        WorkerEnvironment role = fleet.master().admit();
                        tokens.println(role.worker() + " " + role.token().hex());
                    }
                    tokens.flush();
                } else {
                    last = line;
                }
            }
            int code = fuzzer.waitFor();
            return code == 0 ? last : "the fuzzer ended with " + code + ", saying: " + last;
        } finally {
            fuzzer.destroyForcibly();
        }
    }
}
