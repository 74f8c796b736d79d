package org.nettycluster.testsuite.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.dispatch.HandoffCounters;
import org.nettycluster.master.supervise.WorkerCommand;

/**
 * A master in this JVM, what it told and what its workers printed. Workers are programs in this JVM, except where a test
 * is about processes. Owns them all: nobody is left when it is closed.
 */
final class Cluster implements AutoCloseable {
    private final Path home;
    private final List<Program> programs = new ArrayList<>();
    final History events = new History();
    final History lines = new History();
    final ClusterMaster master;

    private Cluster(UnaryOperator<ClusterMaster.Builder> settings) {
        try {
            home = Files.createTempDirectory(Path.of("/tmp"), "nc");
            master = settings.apply(ClusterMaster.builder()
                            .runDirectory(home.resolve("run"))
                            .output((worker, stream, text) -> lines.add(worker + " " + stream + " " + text)))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        master.listen(events);
    }

    static Cluster start() {
        return new Cluster(builder -> builder);
    }

    static Cluster start(UnaryOperator<ClusterMaster.Builder> settings) {
        return new Cluster(settings);
    }

    /** A worker in this JVM. */
    Program program() {
        Program program = new Program(master.admit());
        programs.add(program);
        return program;
    }

    /** Another that greets on this port of loopback already. */
    Program serving(int port) {
        Program program = program();
        program.listen(port);
        return program;
    }

    /** A worker in a JVM of its own, which does what {@link WorkerMain} says. */
    WorkerProcess fork(String... arguments) {
        return master.fork(jvm(WorkerMain.class).withArguments(arguments));
    }

    WorkerProcess shell(String script) {
        return master.fork(WorkerCommand.of(List.of("sh", "-c", script)));
    }

    /** A small JVM that runs a main class of ours. */
    static WorkerCommand jvm(Class<?> main, String... options) {
        List<String> line = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
        line.addAll(List.of(options));
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        return WorkerCommand.java(line);
    }

    /** How the master sees a worker that lives. */
    WorkerProcess seen(Program program) {
        return master.workers().stream()
                .filter(worker -> worker.id().equals(program.worker.id()))
                .findFirst()
                .orElseThrow();
    }

    int port() {
        return master.addresses().iterator().next().getPort();
    }

    /** Waits until each of so many workers has served a client and all is settled; returns how many clients that took. */
    long greetEach(int workers) throws IOException {
        events.await("listening", workers);
        int all = Client.meet(port(), workers);
        until("all are settled", () -> counters().claimed() == all);
        return all;
    }

    /** Of its only listener. */
    HandoffCounters counters() {
        return master.counters(master.addresses().iterator().next());
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** It stands when this returns: a signal reaches the threads of a process one after another. */
    static void stop(WorkerProcess worker) {
        worker.kill("SIGSTOP");
        until(worker + " stands", () -> stands(worker.pid()));
    }

    private static boolean stands(long pid) {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks.toList()) {
                String stat = Files.readString(task.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            // A thread has ended while we looked.
            return false;
        }
    }

    /** For what nobody is told of. */
    static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within 20 s: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    @Override
    public void close() {
        programs.forEach(Program::close);
        master.close();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
