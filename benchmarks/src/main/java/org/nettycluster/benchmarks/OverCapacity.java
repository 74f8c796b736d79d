package org.nettycluster.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.nettycluster.benchmarks.load.LoadRun;
import org.nettycluster.benchmarks.load.Report;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.supervise.WorkerCommand;

/**
 * More connections than can be served: 4 workers of one loop whose handlers block for 5 ms, at 1.25 times what they can
 * do. Nobody can be fast then; the question is whether the order of waiting is kept, p99 against p50. Below capacity, with a
 * factor of 0.5, the question is how many connections are taken back from workers that are busy and not stalled.
 *
 * <p>{@code java -cp benchmarks/target/benchmarks.jar org.nettycluster.benchmarks.OverCapacity [runs] [seconds]
 * [factor] [milliseconds that handlers block]}
 */
public final class OverCapacity {
    private static final int WORKERS = 4;

    private OverCapacity() {}

    /** See the class. */
    public static void main(String... args) throws IOException {
        int runs = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 5;
        double factor = args.length > 2 ? Double.parseDouble(args[2]) : 1.25;
        int blockMillis = args.length > 3 ? Integer.parseInt(args[3]) : 5;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:ActiveProcessorCount=1",
                "-DblockMillis=" + blockMillis,
                "-cp",
                System.getProperty("java.class.path"),
                BenchServer.class.getName(),
                "cluster",
                "0",
                "1"));
        ClusterMaster master = ClusterMaster.builder()
                .name("overcapacity-" + ProcessHandle.current().pid())
                .workers(WORKERS)
                .command(WorkerCommand.of(command))
                .start();
        try {
            master.ready().toCompletableFuture().join();
            InetSocketAddress target = master.addresses().iterator().next();
            URI uri = URI.create("http://127.0.0.1:" + target.getPort() + "/");
            LoadRun.builder(uri).rate(200).length(Duration.ofSeconds(5)).run();
            // Sleeping takes a little longer than it was asked to: measure what the workers can do.
            double capacity = WORKERS * 1000.0 / (blockMillis + 0.3);
            double[] quotients = new double[runs];
            for (int i = 0; i < runs; i++) {
                var before = master.counters(target);
                Report report = LoadRun.builder(uri)
                        .rate(capacity * factor)
                        .length(Duration.ofNanos((long) (seconds * 1e9)))
                        .timeout(Duration.ofSeconds(30))
                        .run();
                var after = master.counters(target);
                quotients[i] = (double) report.toBody().getValueAtPercentile(99)
                        / report.toBody().getValueAtPercentile(50);
                System.out.println(report.json());
                System.out.printf(
                        Locale.ROOT,
                        "run %d: p99/p50 %.2f, revocations per connection %.3f%n",
                        i + 1,
                        quotients[i],
                        (double) (after.revoked() - before.revoked()) / (after.accepted() - before.accepted()));
            }
            Arrays.sort(quotients);
            System.out.printf(
                    Locale.ROOT,
                    "%.2f x capacity: p99/p50 median %.2f (min %.2f, max %.2f, %d runs)%n",
                    factor,
                    quotients[runs / 2],
                    quotients[0],
                    quotients[runs - 1],
                    runs);
        } finally {
            master.close();
        }
    }
}
