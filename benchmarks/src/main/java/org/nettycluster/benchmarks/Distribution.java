package org.nettycluster.benchmarks;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Report;
import org.nettycluster.master.schedule.LeastConnections;
import org.nettycluster.master.schedule.RoundRobin;
import org.nettycluster.master.schedule.Scheduler;
import org.nettycluster.master.schedule.SourceHash;
import org.nettycluster.master.schedule.TwoChoices;
import org.nettycluster.master.schedule.Weighted;

/**
 * How each scheduler spreads connections over 4 workers, real processes all of them.
 *
 * <p>{@code java -cp benchmarks/target/benchmarks.jar org.nettycluster.benchmarks.Distribution [stay] [short] [slow]
 * [fresh] [NAME]...}; without one of these words all four, without the name of a scheduler all of them, some 12 minutes.
 *
 * <ul>
 *   <li>{@code stay}: bursts of 64 connections that stay; the most that one worker had less the fewest,
 *       in the middle one and the worst
 *   <li>{@code short}: 100,000 short ones, or {@code -Dshort=N}, 2,500 a second; the same
 *   <li>{@code slow}: slot 1 takes 6 ms for a request and the others 2 ms: its share, and what clients wait
 *   <li>{@code fresh}: slot 1 has just been replaced; what clients wait in the next 10 s, with and without slow start
 * </ul>
 */
public final class Distribution {
    private static final int WORKERS = 4;
    private static final int STAYING = 64;
    private static final int BURSTS = 10;
    private static final long SHORT = Long.getLong("short", 100_000);
    private static final long SHORT_RATE = 2_500;
    private static final String SHARED = "none";
    private static final int CLIENTS = 16;
    private static final long SLOW = 20_000;
    private static final double FRESH_RATE = 600;
    private static final Duration WARM_UP = Duration.ofSeconds(20);

    private Distribution() {}

    /** See the class. */
    public static void main(String... args) throws IOException {
        Set<String> all = Set.of("stay", "short", "slow", "fresh");
        Set<String> asked = new LinkedHashSet<>(List.of(args));
        Map<String, Supplier<Scheduler>> schedulers = schedulers();
        if (!Collections.disjoint(schedulers.keySet(), asked)) {
            schedulers.keySet().retainAll(asked);
            asked.removeAll(schedulers.keySet());
        }
        if (asked.isEmpty()) {
            asked = all;
        }
        if (!all.containsAll(asked)) {
            throw new IllegalArgumentException("say any of stay, short, slow, fresh, and of "
                    + schedulers().keySet());
        }
        for (Map.Entry<String, Supplier<Scheduler>> each : schedulers.entrySet()) {
            if (asked.contains("stay") || asked.contains("short")) {
                spread(each.getKey(), each.getValue().get(), asked);
            }
            if (asked.contains("slow")) {
                slow(each.getKey(), each.getValue().get());
            }
        }
        if (asked.contains("fresh")) {
            fresh("weighted", new Weighted());
            fresh("weighted, slow start", new Weighted(List.of(), WARM_UP));
            fresh("least-connections", new LeastConnections());
            fresh("least-connections, slow start", new LeastConnections(WARM_UP));
        }
    }

    private static Map<String, Supplier<Scheduler>> schedulers() {
        Map<String, Supplier<Scheduler>> schedulers = new LinkedHashMap<>();
        schedulers.put("round-robin", RoundRobin::new);
        schedulers.put("least-connections", LeastConnections::new);
        schedulers.put("two-choices", TwoChoices::new);
        schedulers.put("weighted 1,1,1,1", Weighted::new);
        schedulers.put("weighted 1,2,3,4", () -> new Weighted(List.of(1, 2, 3, 4), Duration.ZERO));
        schedulers.put("source-hash", SourceHash::new);
        // The workers accept for themselves.
        schedulers.put(SHARED, RoundRobin::new);
        return schedulers;
    }

    private static void spread(String name, Scheduler scheduler, Set<String> asked) throws IOException {
        try (BenchFleet fleet = new BenchFleet(scheduler, name.equals(SHARED), WORKERS)) {
            // JVMs that compile keep their loops waiting: late workers are passed over, and that is not what is
            // measured.
            ShortConnections.make(fleet.address(), CLIENTS, SHORT / 2);
            if (asked.contains("stay")) {
                stay(name, fleet);
            }
            if (asked.contains("short")) {
                fleet.awaitOpen(0);
                List<Long> before = fleet.taken();
                Report report = LoadRun.builder(fleet.uri())
                        .rate(SHORT_RATE)
                        .length(Duration.ofSeconds(SHORT / SHORT_RATE))
                        .run();
                fleet.awaitOpen(0);
                List<Long> got = difference(fleet.taken(), before);
                say(
                        "short",
                        name,
                        got + ", most less fewest " + BenchFleet.spread(got) + "; " + times(report.toBody()));
                report.voidBecause().ifPresent(why -> say("short", name, "void: " + why));
            }
        }
    }

    private static void stay(String name, BenchFleet fleet) throws IOException {
        List<Long> spreads = new ArrayList<>();
        List<List<Long>> seen = new ArrayList<>();
        for (int burst = 0; burst < BURSTS; burst++) {
            fleet.awaitOpen(0);
            List<Socket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < STAYING; i++) {
                    sockets.add(ShortConnections.connect(fleet.address(), (long) burst * STAYING + i));
                }
                fleet.awaitOpen(STAYING);
                List<Long> open = fleet.open();
                seen.add(open);
                spreads.add(BenchFleet.spread(open));
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
        Collections.sort(spreads);
        say(
                "stay",
                name,
                "most less fewest " + spreads.get(BURSTS / 2) + ", at worst " + spreads.get(BURSTS - 1) + " of "
                        + BURSTS + " bursts: " + seen);
    }

    private static void slow(String name, Scheduler scheduler) throws IOException {
        try (BenchFleet fleet =
                new BenchFleet(scheduler, name.equals(SHARED), WORKERS, "-DblockMillis=2", "-DslowSlot=1")) {
            ShortConnections.make(fleet.address(), CLIENTS, SLOW / 10);
            fleet.awaitOpen(0);
            List<Long> before = fleet.taken();
            long start = System.nanoTime();
            Histogram times = ShortConnections.make(fleet.address(), CLIENTS, SLOW);
            double seconds = (System.nanoTime() - start) / 1e9;
            fleet.awaitOpen(0);
            List<Long> got = difference(fleet.taken(), before);
            String share = String.format(
                    Locale.ROOT,
                    "share of the slow one %.1f %%; %.0f a second",
                    100.0 * got.get(0) / BenchFleet.sum(got),
                    SLOW / seconds);
            say("slow", name, got + ", " + share + "; " + times(times));
        }
    }

    private static void fresh(String name, Scheduler scheduler) throws IOException {
        try (BenchFleet fleet = new BenchFleet(scheduler, WORKERS)) {
            // Until all are as quick as they get, and no slow start is left.
            LoadRun.builder(fleet.uri())
                    .rate(FRESH_RATE)
                    .length(WARM_UP.plusSeconds(5))
                    .run();
            fleet.replace(1);
            Report report = LoadRun.builder(fleet.uri())
                    .rate(FRESH_RATE)
                    .length(Duration.ofSeconds(10))
                    .run();
            say("fresh", name, "slot 1 has got " + fleet.taken().get(0) + "; " + times(report.toBody()));
            report.voidBecause().ifPresent(why -> say("fresh", name, "void: " + why));
        }
    }

    private static List<Long> difference(List<Long> after, List<Long> before) {
        List<Long> difference = new ArrayList<>();
        for (int i = 0; i < after.size(); i++) {
            difference.add(after.get(i) - before.get(i));
        }
        return difference;
    }

    private static String times(Histogram times) {
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p99 %.1f ms",
                times.getValueAtPercentile(50) / 1e6,
                times.getValueAtPercentile(99) / 1e6);
    }

    private static void say(String what, String name, String text) {
        System.out.printf(Locale.ROOT, "%-6s %-30s %s%n", what, name, text);
    }
}
