package org.nettycluster.testsuite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.ClusterStatus;
import org.nettycluster.master.accept.Crowd;
import org.nettycluster.master.dispatch.Overload;
import org.nettycluster.master.supervise.WorkerCommand;

/**
 * A master in a JVM of its own, so that it can be stopped, killed, traced and counted. Driven by lines on its standard
 * input; its answers are the lines of its standard output that begin with {@value #MARK}.
 */
final class MasterMain {
    static final String MARK = "@ ";

    private MasterMain() {}

    /**
     * Arguments: workers, rescueAfter and drainTimeout in ms, limits of connections for a worker and in all, wait or
     * reset, and the workers' command line.
     */
    public static void main(String... args) throws Exception {
        ClusterMaster master = ClusterMaster.builder()
                .name("testsuite-" + ProcessHandle.current().pid())
                .workers(Integer.parseInt(args[0]))
                .rescueAfter(Duration.ofMillis(Long.parseLong(args[1])))
                .drainTimeout(Duration.ofMillis(Long.parseLong(args[2])))
                .maxConnections(Integer.parseInt(args[3]))
                .maxTotal(Integer.parseInt(args[4]))
                .overload(Overload.valueOf(args[5]))
                .restartDelay(Duration.ofMillis(100))
                .command(WorkerCommand.of(List.of(Arrays.copyOfRange(args, 6, args.length))))
                .start();
        try {
            master.ready().toCompletableFuture().get();
        } catch (ExecutionException e) {
            master.close();
            answer("failed: " + e.getCause().getMessage() + ", processes left: "
                    + ProcessHandle.current().descendants().count());
            System.exit(1);
        }
        answer("ready " + ProcessHandle.current().pid() + " "
                + master.addresses().iterator().next().getPort() + " " + master.runDirectory());
        obey(master);
        master.close();
        System.exit(0);
    }

    private static void obey(ClusterMaster master) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        InetSocketAddress address = master.addresses().iterator().next();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            switch (line) {
                case "counters" -> {
                    var counters = master.counters(address);
                    answer(counters.accepted() + " " + counters.offered() + " " + counters.claimed() + " "
                            + counters.refused() + " " + counters.revoked() + " " + counters.abandoned() + " "
                            + counters.waiting());
                }
                case "crowd" -> {
                    ClusterStatus status = master.status();
                    Crowd crowd = status.listeners().get(0).crowd();
                    answer(status.limits().open() + " " + crowd.waits() + " " + crowd.resets() + " " + crowd.backlog());
                }
                case "workers" ->
                    answer(master.workers().stream()
                            .map(worker -> String.valueOf(worker.pid()))
                            .collect(Collectors.joining(" ")));
                case "stop" -> {
                    master.stop().toCompletableFuture().join();
                    answer("stopped");
                }
                default -> answer("what is " + line + "?");
            }
        }
    }

    private static void answer(String text) {
        System.out.println(MARK + text);
    }
}
