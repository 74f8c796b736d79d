package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.nettycluster.benchmarks.record.DatagramCount;
import org.nettycluster.benchmarks.record.DatagramRecorder;
import org.nettycluster.master.ClusterEvents;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.ReloadOptions;
import org.nettycluster.master.ReloadReport;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.supervise.WorkerCommand;

/**
 * 100 peers send numbered datagrams at a steady rate to 4 workers, processes of their own, and something happens to these.
 * What was sent and what came is compared number by number; what the kernel dropped because a receive buffer was full is
 * counted apart. Stateless.
 */
final class DatagramFault implements Scenario {
    private static final int WORKERS = 4;
    private static final int PEERS = 100;
    private static final int RATE = 5_000;
    private static final String HOST = System.getProperty("faults.host", "127.0.0.1");
    /** Two seconds of all that comes would fit into one socket. */
    private static final int RECEIVE_BUFFER = 4 << 20;

    /** What happens. */
    enum What {
        RELOAD,
        KILL,
        SCALE
    }

    private final What what;

    DatagramFault(What what) {
        this.what = what;
    }

    @Override
    public String name() {
        return "udp-" + what.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String promise() {
        return switch (what) {
            case RELOAD ->
                "100,000 datagrams (short: 20,000) from 100 peers to 4 workers that are reloaded meanwhile: none lost, none"
                        + " twice, each peer read in one slot";
            case KILL ->
                "the same while a random worker is killed once a second: at most the one lost that it was just reading, none"
                        + " twice, each peer read in one slot";
            case SCALE ->
                "the same while the fleet goes from 4 to 6 to 3 workers: none lost (-Dfaults.host=0.0.0.0: at most 1 for each"
                        + " slot that is removed), none twice";
        };
    }

    @Override
    public void run(Stage stage, Verdict verdict) throws Exception {
        int datagrams = stage.choose(20_000, 100_000);
        Path records = Files.createDirectory(stage.directory().resolve("records"));
        CompletableFuture<Integer> port = new CompletableFuture<>();
        ClusterMaster master = stage.keep(ClusterMaster.builder()
                .name("faults-" + ProcessHandle.current().pid())
                .workers(WORKERS)
                .noBreaker()
                .freshCopy(false)
                .restartDelay(Duration.ZERO)
                .command(WorkerCommand.java(command(records, datagrams)))
                .start());
        master.listen(new ClusterEvents() {
            @Override
            public void listening(WorkerProcess worker, InetSocketAddress address) {
                port.complete(address.getPort());
            }
        });
        master.ready().toCompletableFuture().join();
        stage.say(WORKERS + " workers are ready on port " + port.join());
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(port.join(), datagrams));
        int happened = happens(stage, master, sending);
        sending.join();
        DatagramCount count = counted(records, datagrams);
        long drops = drops(port.join());
        stage.say(happened + " times, " + datagrams + " sent");
        if (!count.lost().isEmpty()) {
            stage.say("lost: " + count.lost());
        }
        verdict.figure("sent", datagrams)
                .figure("received", count.received())
                .figure("lost", count.lost().size())
                .figure("dropped by the kernel for want of room", drops)
                .figure("twice", count.twice())
                .figure("peers read in two slots", count.split())
                .figure("slots that have read", count.slots().size())
                .figure(what.name().toLowerCase(Locale.ROOT) + "s", happened)
                .require(count.twice() == 0, "some came twice")
                .require(drops == 0, "the kernel had no room: the sender was too fast for this machine")
                .require(count.slots().size() >= WORKERS, "a slot has read nothing");
        switch (what) {
            case RELOAD -> verdict.require(count.lost().size() == 0, "some were lost");
            case KILL -> verdict.require(count.lost().size() <= happened, "more were lost than one for each kill");
            case SCALE ->
                verdict.require(
                        count.lost().size() <= (HOST.equals("0.0.0.0") ? 3 * happened : 0), "too many were lost");
        }
        if (what != What.SCALE) {
            verdict.require(count.split() == 0, "peers have changed their slot");
        }
    }

    private static List<String> command(Path records, int datagrams) {
        List<String> line = new ArrayList<>(RecordedFleet.SHORT_LIVED);
        line.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                DatagramRecorder.class.getName(),
                HOST,
                records.toString(),
                "" + datagrams,
                "" + RECEIVE_BUFFER));
        return line;
    }

    private int happens(Stage stage, ClusterMaster master, CompletableFuture<Void> sending) throws Exception {
        Random random = new Random();
        int happened = 0;
        while (!sending.isDone()) {
            RunningCluster.pause(Duration.ofSeconds(1));
            switch (what) {
                case RELOAD -> {
                    ReloadReport report = master.reload(ReloadOptions.defaults())
                            .toCompletableFuture()
                            .join();
                    if (report.outcome() != ReloadReport.Outcome.DONE) {
                        throw new IOException("a reload failed: " + report.reason());
                    }
                    stage.say("reloaded");
                }
                case KILL -> {
                    List<WorkerProcess> workers = master.workers();
                    RunningCluster.kill(
                            workers.get(random.nextInt(workers.size())).pid());
                }
                case SCALE -> {
                    master.scale(6).toCompletableFuture().join();
                    master.scale(3).toCompletableFuture().join();
                    stage.say("6 workers, then 3");
                    master.scale(WORKERS).toCompletableFuture().join();
                }
            }
            happened++;
        }
        return happened;
    }

    private static void send(int port, int datagrams) {
        List<DatagramSocket> peers = new ArrayList<>();
        try {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            for (int i = 0; i < PEERS; i++) {
                peers.add(new DatagramSocket(0, loopback));
            }
            long begin = System.nanoTime();
            for (int number = 0; number < datagrams; number++) {
                long due = begin + number * 1_000_000_000L / RATE;
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                byte[] bytes = {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number};
                peers.get(number % PEERS).send(new DatagramPacket(bytes, bytes.length, loopback, port));
            }
        } catch (IOException e) {
            throw new IllegalStateException("can't send: " + e.getMessage(), e);
        } finally {
            peers.forEach(DatagramSocket::close);
        }
    }

    /** When nothing has come for two seconds; a killed worker's successor needs about half of one. */
    private static DatagramCount counted(Path records, int sent) throws IOException {
        DatagramCount count = DatagramCount.read(records, sent, PEERS);
        for (int quiet = 0; quiet < 8 && count.received() < sent; quiet++) {
            RunningCluster.pause(Duration.ofMillis(250));
            DatagramCount now = DatagramCount.read(records, sent, PEERS);
            quiet = now.received() == count.received() ? quiet : 0;
            count = now;
        }
        return count;
    }

    /** The last column of the sockets of this port, which the master keeps, so that workers that end take nothing away. */
    private static long drops(int port) throws IOException {
        long drops = 0;
        for (String file : List.of("/proc/net/udp", "/proc/net/udp6")) {
            for (String line : Files.readAllLines(Path.of(file))) {
                String[] fields = line.strip().split(" +", -1);
                if (fields[1].endsWith(String.format(Locale.ROOT, ":%04X", port))) {
                    drops += Long.parseLong(fields[fields.length - 1]);
                }
            }
        }
        return drops;
    }
}
