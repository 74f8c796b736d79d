package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Report;

/** Clients that connect and reset, half of them after a request, while others are served. */
final class ConnectAndReset implements Scenario {
    private static final int THREADS = 2;
    private static final ByteBuffer REQUEST = ByteBuffer.wrap(
                    "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
            .asReadOnlyBuffer();

    @Override
    public String name() {
        return "connect-and-reset";
    }

    @Override
    public String promise() {
        return "clients that connect and reset at once, or after a request, beside 100 connections/s: no more offers than"
                + " connections, nothing else fails, no descriptor is left, and none is counted as open afterwards";
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int clients = stage.choose(2_000, 10_000);
        RunningCluster cluster = stage.cluster(2, List.of("--max-connections", "5000"));
        URI uri = cluster.uri();
        LoadRun.builder(uri).rate(200).length(Duration.ofSeconds(3)).run();
        reset(uri, 500);
        awaitNone(cluster);
        List<Vitals> processes = processes(cluster);
        List<Integer> before = descriptors(processes);
        JsonObject counted = cluster.listener();
        LoadRun others = stage.load(LoadRun.builder(uri).rate(100).build());
        long from = System.nanoTime();
        reset(uri, clients);
        double seconds = (System.nanoTime() - from) / 1e9;
        Report report = others.stop();
        awaitNone(cluster);
        JsonObject listener = cluster.listener();
        long offers = listener.number("offered") - counted.number("offered");
        long revoked = listener.number("revoked") - counted.number("revoked");
        List<Integer> after = awaitDescriptors(processes, before);
        stage.say(clients + " clients came and went in " + String.format(Locale.ROOT, "%.1f", seconds)
                + " s; descriptors before " + before + ", after " + after);
        verdict.figure("clients", clients)
                .figure("clients/s", Math.round(clients / seconds))
                .figure("others", report.attempts())
                .figure("others failed", report.failed())
                .figure("offers", offers)
                .figure("revocations", revoked)
                .figure("descriptors of master and workers before", before)
                .figure("after", after)
                .require(offers <= clients + report.attempts() + revoked, "there were more offers than connections")
                .require(report.failed() == 0, report.failed() + " others failed")
                .require(noMore(after, before), "descriptors are left");
    }

    private static void reset(URI uri, int clients) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Callable<Void> task = () -> {
                    for (int i = 0; i < clients / THREADS; i++) {
                        connectAndReset(uri, i % 2 == 0);
                    }
                    return null;
                };
                all.add(threads.submit(task));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void connectAndReset(URI uri, boolean asks) throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
            if (asks) {
                channel.write(REQUEST.duplicate());
            }
        }
    }

    private static void awaitNone(RunningCluster cluster) throws IOException {
        cluster.await(
                // Who waits in the backlog is counted later.
                status -> RefuseAll.open(status) == 0
                        && status.objects("listeners").get(0).number("backlog") == 0,
                "connections are counted that have ended",
                Duration.ofSeconds(20));
    }

    private static List<Vitals> processes(RunningCluster cluster) throws IOException {
        List<Vitals> all = new ArrayList<>();
        all.add(new Vitals(cluster.status().number("pid")));
        cluster.slots().forEach(slot -> all.add(new Vitals(slot.number("pid"))));
        return all;
    }

    private static List<Integer> descriptors(List<Vitals> processes) throws IOException {
        List<Integer> counts = new ArrayList<>();
        for (Vitals each : processes) {
            counts.add(each.sockets());
        }
        return counts;
    }

    private static List<Integer> awaitDescriptors(List<Vitals> processes, List<Integer> before) throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        List<Integer> now = descriptors(processes);
        while (!noMore(now, before) && System.nanoTime() < end) {
            RunningCluster.pause(Duration.ofMillis(50));
            now = descriptors(processes);
        }
        return now;
    }

    private static boolean noMore(List<Integer> now, List<Integer> before) {
        for (int i = 0; i < now.size(); i++) {
            if (now.get(i) > before.get(i)) {
                return false;
            }
        }
        return true;
    }
}
