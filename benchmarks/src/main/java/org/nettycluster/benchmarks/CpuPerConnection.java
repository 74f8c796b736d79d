package org.nettycluster.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.supervise.WorkerCommand;

/**
 * Processor time per short connection, master and workers together, beside the same server as SO_REUSEPORT processes.
 *
 * <p>{@code java -cp benchmarks/target/benchmarks.jar org.nettycluster.benchmarks.CpuPerConnection [pairs] [seconds]
 * [connections] [cluster,shared]}. Needs {@code wrk}. Connections that the master hands over ({@code cluster}), those that
 * workers accept ({@code shared}) and SO_REUSEPORT are measured alternately after a warm-up of each; the quotient of each pair
 * and the medians are printed.
 */
public final class CpuPerConnection {
    private static final int PROCESSES = 2;
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
    private static final Pattern ERRORS = Pattern.compile("Socket errors:.*");

    private CpuPerConnection() {}

    private record Contestant(String name, int port, List<Long> processes) {}

    /** See the class. */
    public static void main(String... args) throws IOException, InterruptedException {
        int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        int connections = args.length > 2 ? Integer.parseInt(args[2]) : 64;
        List<String> ours = args.length > 3 ? List.of(args[3].split(",", -1)) : List.of("cluster", "shared");
        List<Process> started = new ArrayList<>();
        try {
            int reusePort = freePort();
            for (int i = 0; i < PROCESSES; i++) {
                started.add(server("reuseport", reusePort).inheritIO().start());
            }
            await(reusePort);
            Contestant theirs = new Contestant(
                    "reuseport", reusePort, started.stream().map(Process::pid).toList());
            List<Contestant> contestants = new ArrayList<>();
            for (String mode : ours) {
                contestants.add(cluster(mode, started));
            }
            for (int i = 0; i < 2; i++) {
                for (Contestant each : contestants) {
                    measure("warm-up ", each, seconds, connections);
                }
                measure("warm-up ", theirs, seconds, connections);
            }
            double[][] quotients = new double[contestants.size()][pairs];
            for (int i = 0; i < pairs; i++) {
                double[] micros = new double[contestants.size()];
                for (int k = 0; k < micros.length; k++) {
                    micros[k] = measure("", contestants.get(k), seconds, connections);
                }
                double plain = measure("", theirs, seconds, connections);
                for (int k = 0; k < micros.length; k++) {
                    quotients[k][i] = micros[k] / plain;
                    System.out.printf(
                            Locale.ROOT, "pair %d, %s: %.2f%n", i + 1, contestants.get(k).name, quotients[k][i]);
                }
            }
            for (int k = 0; k < quotients.length; k++) {
                Arrays.sort(quotients[k]);
                System.out.printf(
                        Locale.ROOT,
                        "cpu per connection, %s / SO_REUSEPORT: median %.2f (min %.2f, max %.2f, %d pairs)%n",
                        contestants.get(k).name,
                        quotients[k][pairs / 2],
                        quotients[k][0],
                        quotients[k][pairs - 1],
                        pairs);
            }
        } finally {
            started.forEach(process -> process.descendants().forEach(ProcessHandle::destroy));
            started.forEach(Process::destroy);
        }
    }

    private static Contestant cluster(String mode, List<Process> started) throws IOException, InterruptedException {
        int port = freePort();
        Process master = new ProcessBuilder(
                        java("-Xmx128m", "-XX:+UseSerialGC", CpuPerConnection.Master.class.getName(), "" + port, mode))
                .inheritIO()
                .start();
        started.add(master);
        await(port);
        List<Long> processes = new ArrayList<>();
        processes.add(master.pid());
        master.descendants().forEach(child -> processes.add(child.pid()));
        return new Contestant(mode, port, processes);
    }

    /** The master in a JVM of its own, as the command runs it. */
    public static final class Master {
        private Master() {}

        /** Arguments: {@code PORT cluster|shared}. */
        public static void main(String... args) throws IOException, InterruptedException {
            ClusterMaster master = ClusterMaster.builder()
                    .name("bench-" + ProcessHandle.current().pid())
                    .workers(PROCESSES)
                    .shared(args[1].equals("shared"))
                    .command(WorkerCommand.of(
                            server("cluster", Integer.parseInt(args[0])).command()))
                    .start();
            master.ready().toCompletableFuture().join();
            for (WorkerProcess worker : master.workers()) {
                worker.exit().toCompletableFuture().join();
            }
        }
    }

    private static ProcessBuilder server(String mode, int port) {
        return new ProcessBuilder(java(
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:ActiveProcessorCount=1",
                BenchServer.class.getName(),
                mode,
                "" + port,
                "1"));
    }

    private static List<String> java(String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(args));
        return command;
    }

    private static double measure(String prefix, Contestant who, int seconds, int connections)
            throws IOException, InterruptedException {
        long before = ticks(who.processes);
        Process wrk = new ProcessBuilder(
                        "wrk",
                        "-t1",
                        "-c" + connections,
                        "-d" + seconds + "s",
                        "-H",
                        "Connection: close",
                        "http://127.0.0.1:" + who.port + "/")
                .redirectErrorStream(true)
                .start();
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        wrk.waitFor();
        long ticks = ticks(who.processes) - before;
        Matcher requests = REQUESTS.matcher(output);
        if (!requests.find()) {
            throw new IOException("wrk said: " + output);
        }
        Matcher errors = ERRORS.matcher(output);
        double micros = ticks * 10_000.0 / Long.parseLong(requests.group(1));
        System.out.printf(
                Locale.ROOT,
                "%-18s %8s connections, %6.1f us each%s%n",
                prefix + who.name,
                requests.group(1),
                micros,
                errors.find() ? ", " + errors.group() : "");
        return micros;
    }

    /** User and system time in clock ticks (100 a second). */
    private static long ticks(List<Long> processes) throws IOException {
        long ticks = 0;
        for (long pid : processes) {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return ticks;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void await(int port) throws IOException, InterruptedException {
        for (int i = 0; i < 300; i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (IOException e) {
                Thread.sleep(100);
            }
        }
        throw new IOException("nobody listens on port " + port);
    }
}
