package org.nettycluster.master;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.master.supervise.WorkerExit;

/** A master in a directory of its own, what its listeners of events and of output were told, and programs for workers. */
@Timeout(60)
abstract class ClusterMasterFixture {
    final LogRecorder log = new LogRecorder();
    final Path home = Files.createTempDirectory(Path.of("/tmp"), "nc");
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    final List<ClusterMaster> masters = new ArrayList<>();

    ClusterMasterFixture() throws IOException {}

    @AfterEach
    void close() throws IOException {
        masters.forEach(ClusterMaster::close);
        log.close();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    ClusterMaster.Builder builder() {
        return ClusterMaster.builder()
                .runDirectory(home.resolve("run"))
                .drainTimeout(Duration.ofMillis(500))
                .output((worker, stream, text) -> lines.add(worker + ": " + text));
    }

    ClusterMaster start(ClusterMaster.Builder builder) throws IOException {
        ClusterMaster master = builder.start();
        masters.add(master);
        master.listen(new Recorder());
        return master;
    }

    final class Recorder implements ClusterEvents {
        @Override
        public void fork(WorkerProcess worker) {
            events.add("fork " + worker.id());
        }

        @Override
        public void online(WorkerProcess worker) {
            events.add("online " + worker.id());
        }

        @Override
        public void listening(WorkerProcess worker, InetSocketAddress address) {
            events.add("listening " + worker.id());
        }

        @Override
        public void disconnect(WorkerProcess worker) {
            events.add("disconnect " + worker.id());
        }

        @Override
        public void exit(WorkerProcess worker, WorkerExit exit) {
            events.add("exit " + worker.id() + " " + exit);
        }
    }

    /** A JVM that speaks the protocol from the test tree. */
    static WorkerCommand jvm(String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                FakeWorkerMain.class.getName()));
        line.addAll(List.of(arguments));
        return WorkerCommand.java(line);
    }

    static WorkerCommand shell(String script) {
        return WorkerCommand.of(List.of("sh", "-c", script));
    }

    List<String> nextEvents(int count) throws InterruptedException {
        List<String> next = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            next.add(String.valueOf(events.poll(20, TimeUnit.SECONDS)));
        }
        return next;
    }

    static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    static InetSocketAddress address(ClusterMaster master) {
        return master.addresses().iterator().next();
    }
}
