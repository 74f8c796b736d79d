package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.nettycluster.benchmarks.load.Ended;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Mode;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;
import org.nettycluster.benchmarks.record.Entry;
import org.nettycluster.benchmarks.record.Judgement;
import org.nettycluster.benchmarks.record.RecordReader;
import org.nettycluster.master.WorkerProcess;

/**
 * F9, F10: some of four workers stand still for a while, at 500 connections a second. Nobody whose connection they had not
 * claimed waits longer than 25 ms plus the p99.9 of the quiet part of the same run, for the body and for the EOF, and the p99
 * to the body is at most twice that of the quiet part; whom they had claimed waits with them and is counted apart; and
 * nothing is served twice when they go on.
 */
final class Stalled {
    private static final int WORKERS = 4;
    private static final double RATE = 500;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofMillis(25);
    private static final double MOST_GROWTH = 2;
    /** Of fewer connections the p99 are those that were taken back. */
    private static final int ENOUGH = 500;

    private static final Duration AFTERWARDS = Duration.ofSeconds(2);
    private static final Pattern WORKER = Pattern.compile("(?i)x-worker: *(\\S+)");

    private Stalled() {}

    /** How workers are made to stand still. */
    enum How {
        STOPPED,
        BLOCKED_LOOP,
        SAFEPOINT
    }

    static Finding run(How how, int stalled, Duration stall, int times, Duration quiet)
            throws IOException, InterruptedException {
        int loops = how == How.STOPPED ? 1 : 2;
        List<String> jvm = List.of("-XX:+UseSerialGC", "-XX:-UseCountedLoopSafepoints", "-Xmx64m");
        try (RecordedFleet fleet = new RecordedFleet(Mode.ONE_SHOT, WORKERS, loops, jvm, b -> b)) {
            Report warm = fleet.warmUp(RATE, WARM_UP);
            Watched all = new Watched(ended -> true);
            LoadRun load = fleet.load()
                    .rate(RATE)
                    .warmUp(Duration.ofMillis(1))
                    .bound(GRACE)
                    .timeout(Duration.ofSeconds(30))
                    .observer(all)
                    .build()
                    .start();
            load.counting().join();
            Thread.sleep(quiet.toMillis());
            List<Window> windows = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                windows.add(stand(fleet, how, stalled, stall));
                Thread.sleep(AFTERWARDS.toMillis());
            }
            Report report = load.stop();
            return judge(fleet, warm, report, all.soFar(), windows, how, stall);
        }
    }

    private static Window stand(RecordedFleet fleet, How how, int stalled, Duration stall)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        if (how != How.STOPPED) {
            String path = how == How.BLOCKED_LOOP ? "/block" : "/safepoint";
            String victim = ask(fleet, path + "?ms=" + stall.toMillis());
            return new Window(begin, begin, System.nanoTime(), List.of(victim));
        }
        List<String> victims = new ArrayList<>();
        List<WorkerProcess> some = fleet.serving().subList(0, stalled);
        for (WorkerProcess each : some) {
            fleet.stop(each);
            victims.add(each.id().toString());
        }
        long stands = System.nanoTime();
        Thread.sleep(stall.toMillis());
        for (WorkerProcess each : some) {
            fleet.resume(each);
        }
        return new Window(begin, stands, System.nanoTime(), victims);
    }

    private record Window(long begin, long stands, long end, List<String> victims) {
        boolean holds(Ended ended) {
            return ended.at() >= begin && ended.due() <= end;
        }
    }

    private static Finding judge(
            RecordedFleet fleet,
            Report warm,
            Report report,
            List<Ended> attempts,
            List<Window> windows,
            How how,
            Duration stall)
            throws IOException {
        Histogram quietBody = new Histogram(3);
        Histogram quietEof = new Histogram(3);
        Histogram body = new Histogram(3);
        Histogram eof = new Histogram(3);
        List<Ended> failures = new ArrayList<>();
        for (Ended ended : attempts) {
            if (ended.outcome() != Outcome.OK) {
                failures.add(ended);
            } else if (ended.at() < windows.get(0).begin()) {
                quietBody.recordValue(ended.answered() - ended.due());
                quietEof.recordValue(ended.eof() - ended.due());
            }
        }
        long bodyLimit = GRACE.toNanos() + quietBody.getValueAtPercentile(99.9);
        long eofLimit = GRACE.toNanos() + quietEof.getValueAtPercentile(99.9);
        List<String> late = new ArrayList<>();
        int claimed = 0;
        long stood = Long.MAX_VALUE;
        for (Window window : windows) {
            Map<Integer, List<Entry>> ofVictims = accepted(fleet, window.victims());
            stood = Math.min(stood, longestSilence(ofVictims, window));
            for (Ended ended : attempts) {
                if (ended.outcome() != Outcome.OK || !window.holds(ended)) {
                    continue;
                }
                if (hadClaimed(ofVictims, ended, window)) {
                    claimed++;
                    continue;
                }
                body.recordValue(ended.answered() - ended.due());
                eof.recordValue(ended.eof() - ended.due());
                if (ended.answered() - ended.due() > bodyLimit || ended.eof() - ended.due() > eofLimit) {
                    late.add(String.format(
                            Locale.ROOT,
                            "due %.1f ms after the begin: body %.1f, eof %.1f ms, worker %s",
                            Watched.millis(ended.due() - window.begin()),
                            Watched.millis(ended.answered() - ended.due()),
                            Watched.millis(ended.eof() - ended.due()),
                            ended.worker()));
                }
            }
        }
        Judgement judgement = fleet.judge(failures);
        long asked = how == How.STOPPED ? 0 : windows.size();
        long served = warm.count(Outcome.OK) + report.count(Outcome.OK) + asked;
        Finding.Checks checks = new Finding.Checks();
        report.voidBecause().ifPresent(why -> checks.that(false, "void: " + why));
        checks.that(warm.failed() == 0 && failures.isEmpty(), "failed: " + warm.outcomes() + " " + failures);
        checks.that(judgement.isClean(), judgement.twice() + " " + judgement.lost());
        // The millisecond of warm-up within the run is one more connection or none.
        checks.that(
                judgement.accepted() - served >= 0 && judgement.accepted() - served <= 1,
                "workers took " + judgement.accepted() + " connections, clients know of " + served);
        // One loop of two may be blocked while the other goes on; otherwise nothing at all may have moved.
        checks.that(
                how == How.BLOCKED_LOOP || stood >= stall.toNanos() * 9 / 10,
                "void: the victims stood for " + Watched.millis(stood) + " ms only");
        checks.that(late.isEmpty(), late.size() + " unclaimed connections were late: " + late);
        double growth = Watched.percentile(body, 99) / Watched.percentile(quietBody, 99);
        checks.that(
                growth <= MOST_GROWTH || body.getTotalCount() < ENOUGH,
                String.format(Locale.ROOT, "the p99 to the body is %.1f times that of the quiet part", growth));
        return checks.with(String.format(
                Locale.ROOT,
                "%s of workers %s for %d ms (silent for %.0f): limits body %.1f eof %.1f ms (p99.9 of %d quiet ones %.1f and %.1f); %d "
                        + "unclaimed in the fault: body p99 %.1f p99.9 %.1f max %.1f, eof p99 %.1f p99.9 %.1f max %.1f ms, "
                        + "quiet p99 %.1f and %.1f, over a limit %d; claimed %d; revoked %d; %s; own lateness p99 %.1f max %.1f ms",
                how,
                windows.stream().map(Window::victims).toList(),
                stall.toMillis(),
                Watched.millis(stood),
                Watched.millis(bodyLimit),
                Watched.millis(eofLimit),
                quietBody.getTotalCount(),
                Watched.percentile(quietBody, 99.9),
                Watched.percentile(quietEof, 99.9),
                body.getTotalCount(),
                Watched.percentile(body, 99),
                Watched.percentile(body, 99.9),
                Watched.percentile(body, 100),
                Watched.percentile(eof, 99),
                Watched.percentile(eof, 99.9),
                Watched.percentile(eof, 100),
                Watched.percentile(quietBody, 99),
                Watched.percentile(quietEof, 99),
                late.size(),
                claimed,
                fleet.master().counters(fleet.address()).revoked(),
                judgement.words(),
                Watched.percentile(report.lateness(), 99),
                Watched.percentile(report.lateness(), 100)));
    }

    /** Claimed before the stall, or as promptly as ever while only a part of the JVM stood, and answered when it was over. */
    private static boolean hadClaimed(Map<Integer, List<Entry>> ofVictims, Ended ended, Window window) {
        for (Entry entry : ofVictims.getOrDefault(ended.port(), List.of())) {
            if (entry.at() >= ended.due() && entry.at() <= ended.at()) {
                boolean before = entry.at() <= window.stands() || entry.at() - ended.due() <= GRACE.toNanos();
                return before && ended.at() - entry.at() > GRACE.toNanos();
            }
        }
        return false;
    }

    private static Map<Integer, List<Entry>> accepted(RecordedFleet fleet, List<String> victims) throws IOException {
        Map<Integer, List<Entry>> byPort = new HashMap<>();
        RecordReader.read(fleet.records(), entry -> {
            if (entry.fact() instanceof Entry.Accepted && victims.contains(entry.worker())) {
                byPort.computeIfAbsent(entry.port(), port -> new ArrayList<>()).add(entry);
            }
        });
        return byPort;
    }

    /** The longest time within the stall, and a second behind it, in which none of the victims took a connection. */
    private static long longestSilence(Map<Integer, List<Entry>> ofVictims, Window window) {
        long[] moments = ofVictims.values().stream()
                .flatMap(List::stream)
                .mapToLong(Entry::at)
                .filter(at -> at >= window.begin() && at <= window.end() + 1_000_000_000L)
                .sorted()
                .toArray();
        long longest = 0;
        long before = window.begin();
        for (long moment : moments) {
            longest = Math.max(longest, moment - before);
            before = moment;
        }
        return longest;
    }

    /** Returns when it is answered, and by whom. */
    private static String ask(RecordedFleet fleet, String path) throws IOException {
        try (Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), fleet.address().getPort());
                InputStream in = socket.getInputStream()) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            Matcher worker = WORKER.matcher(answer);
            if (!worker.find()) {
                throw new IOException("no worker answered " + path + ": " + answer);
            }
            return worker.group(1);
        }
    }
}
