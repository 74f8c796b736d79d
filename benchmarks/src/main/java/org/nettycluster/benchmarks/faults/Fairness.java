package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Outcome;
import org.nettycluster.benchmarks.load.Report;

/** F25: who gets how many, of a few that stay and of many that go. */
final class Fairness implements Scenario {
    private static final int WORKERS = 4;
    private static final int FEW = 17;
    /** Of the chi-square distribution with 3 degrees of freedom: exceeded with p = 0.01. */
    private static final double CRITICAL = 11.345;

    private static final Pattern WORKER = Pattern.compile("(?i)\r\nx-worker: *(\\S+)");

    @Override
    public String name() {
        return "fairness";
    }

    @Override
    public String promise() {
        return "20 times (short: 3) over " + WORKERS + " workers: of " + FEW
                + " connections that stay no worker has more"
                + " than one more than another, and 5,000 short ones at 1,000/s (short: 2,000), 100,000 in all, are spread"
                + " evenly: chi-square p > 0.01 in each and in all";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int repetitions = stage.choose(3, 20);
        int connections = stage.choose(2_000, 5_000);
        RunningCluster cluster = stage.cluster(WORKERS, List.of());
        URI uri = cluster.uri();
        LoadRun.builder(uri).rate(500).length(Duration.ofSeconds(4)).run();
        long widest = 0;
        double worst = 0;
        long failed = 0;
        Map<String, Long> all = new TreeMap<>();
        for (int i = 0; i < repetitions; i++) {
            Map<String, Long> stay = staying(uri);
            widest = Math.max(widest, spread(stay.values()));
            Report report = LoadRun.builder(uri)
                    .rate(1_000)
                    .length(Duration.ofMillis(connections))
                    .run();
            failed += report.failed();
            worst = Math.max(worst, chiSquare(report.workers().values()));
            report.workers().forEach((worker, count) -> all.merge(worker, count, Long::sum));
            stage.say(FEW + " that stayed: " + stay.values() + "; " + report.count(Outcome.OK) + " short ones: "
                    + report.workers().values());
        }
        double total = chiSquare(all.values());
        verdict.figure("repetitions", repetitions)
                .figure("of " + FEW + " that stay, most less fewest", widest)
                .figure(
                        "short ones",
                        all.values().stream().mapToLong(Long::longValue).sum())
                .figure("by worker", all.values())
                .figure("chi-square of all", String.format(Locale.ROOT, "%.3f", total))
                .figure("of the worst repetition", String.format(Locale.ROOT, "%.3f", worst))
                .require(failed == 0, failed + " failed")
                .require(all.size() == WORKERS, "answers came from " + all.keySet())
                .require(widest <= 1, "of " + FEW + " one worker had " + widest + " more than another")
                .require(worst < CRITICAL && total < CRITICAL, "chi-square is above " + CRITICAL + ": p < 0.01");
    }

    /** By worker, of connections that are open at the same time. */
    private static Map<String, Long> staying(URI uri) throws IOException {
        Map<String, Long> byWorker = new TreeMap<>();
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < FEW; i++) {
                Socket socket = new Socket(InetAddress.getByName(uri.getHost()), uri.getPort());
                open.add(socket);
                socket.setSoTimeout(10_000);
                socket.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: x\r\nx-nonce: fair\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                byWorker.merge(worker(socket.getInputStream()), 1L, Long::sum);
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        return byWorker;
    }

    private static String worker(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("a connection ended before its answer: " + head);
            }
            head.append((char) next);
        }
        Matcher worker = WORKER.matcher(head);
        if (!worker.find()) {
            throw new IOException("an answer does not say whose it is: " + head);
        }
        return worker.group(1);
    }

    private static long spread(Collection<Long> counts) {
        long most = counts.stream().mapToLong(Long::longValue).max().orElse(0);
        long fewest = counts.size() < WORKERS
                ? 0
                : counts.stream().mapToLong(Long::longValue).min().orElse(0);
        return most - fewest;
    }

    private static double chiSquare(Collection<Long> counts) {
        double expected = counts.stream().mapToLong(Long::longValue).sum() / (double) WORKERS;
        double sum = (WORKERS - counts.size()) * expected;
        for (long count : counts) {
            sum += (count - expected) * (count - expected) / expected;
        }
        return sum;
    }
}
