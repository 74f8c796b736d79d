package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.schedule.LeastConnections;
import org.nettycluster.master.schedule.Scheduler;
import org.nettycluster.master.supervise.WorkerCommand;

/** Where Node loses, hangs or crashes, and ours does not. What was seen is printed, and with -Pnode Node's beside it. */
class WeaknessesIT {
    /** So long that what is rescued was rescued for another reason. */
    private static final Duration NEVER = Duration.ofSeconds(60);

    private static List<Client> connect(int port, int count) throws Exception {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(Client.local(port));
        }
        return clients;
    }

    private static void close(List<Client> clients) throws Exception {
        for (Client client : clients) {
            client.close();
        }
    }

    @Upstream("W1")
    void aConnectionOnItsWayToAWorkerThatDiesIsServedByAnother() throws Exception {
        try (Cluster cluster = Cluster.start(builder -> builder.rescueAfter(NEVER))) {
            WorkerProcess worker = cluster.fork("serve");
            cluster.events.await("listening 1");
            cluster.serving(0);
            long before = cluster.greetEach(2);
            Cluster.stop(worker);
            List<Client> clients = connect(cluster.port(), 4);
            Cluster.until("one is on its way", () -> cluster.counters().offered() >= before + 2);
            worker.kill("SIGKILL");
            for (Client client : clients) {
                assertThat(client.worker()).isEqualTo(2);
            }
            close(clients);
            Beside.report("W1", "4 of 4 clients served");
        }
    }

    @Upstream("W2")
    void theEndOfAWorkerIsToldWhateverWasOnItsWayAndWhoeverHoldsItsPipes() throws Exception {
        try (Cluster cluster = Cluster.start(builder -> builder.rescueAfter(NEVER))) {
            WorkerProcess worker = cluster.fork("grandchild");
            cluster.events.await("listening 1");
            List<ProcessHandle> children =
                    ProcessHandle.of(worker.pid()).orElseThrow().children().toList();
            try {
                assertThat(children).hasSize(1);
                long before = cluster.greetEach(1);
                Cluster.stop(worker);
                List<Client> clients = connect(cluster.port(), 2);
                Cluster.until("one is on its way", () -> cluster.counters().offered() > before);
                worker.kill("SIGKILL");
                cluster.events.await("disconnect 1");
                cluster.events.await("exit 1 SIGKILL");
                assertThat(cluster.master.workers()).isEmpty();
                assertThat(children.get(0).isAlive()).isTrue();
                Cluster.get(cluster.master.disconnect());
                close(clients);
                Beside.report("W2", "told: disconnect, exit");
            } finally {
                children.forEach(ProcessHandle::destroyForcibly);
            }
        }
    }

    @Upstream("W3")
    void aWorkerWithoutDescriptorsGetsConnectionsAgainWhenItHasSome() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            List<String> line = new ArrayList<>(List.of("sh", "-c", "ulimit -n 128; exec \"$@\"", "sh"));
            line.addAll(Cluster.jvm(WorkerMain.class).withArguments("serve").command());
            cluster.master.fork(WorkerCommand.of(line));
            cluster.events.await("listening 1");
            int port = cluster.port();
            List<Client> clients = connect(port, 128);
            Cluster.until(
                    "so many that it takes no more",
                    () -> cluster.counters().claimed() > 8
                            && cluster.master
                                            .status()
                                            .listeners()
                                            .get(0)
                                            .crowd()
                                            .backlog()
                                    > 0);
            for (Client client : clients) {
                assertThat(client.worker()).isEqualTo(1);
                client.close();
            }
            for (int i = 0; i < 5; i++) {
                assertThat(Client.askOnce(port)).isEqualTo(1);
            }
            Beside.report("W3", "after descriptors are free again: 5 of 5 clients served");
        }
    }

    @Upstream("W4")
    void aConnectionOnItsWayToTheLastServerIsEndedWithIt() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            Channel server = program.listen(0);
            long before = cluster.greetEach(1);
            CountDownLatch release = program.block();
            try (Client client = Client.local(Program.port(server))) {
                Cluster.until("it is on its way", () -> cluster.counters().offered() > before);
                program.loop().execute(server::close);
                release.countDown();
                assertThat(client.read()).isNull();
            }
            Beside.report("W4", "0 of 1 clients served, 1 ended, 0 hang");
        }
    }

    @Upstream("W5")
    void whoWaitsForALimitCostsNothing() throws Exception {
        try (Cluster cluster = Cluster.start(builder -> builder.maxConnections(1))) {
            int port = Program.port(cluster.program().listen(0));
            cluster.serving(0);
            cluster.events.await("listening 2");
            List<Client> inside = connect(port, 2);
            for (Client client : inside) {
                assertThat(client.worker()).isPositive();
            }
            List<Client> outside = connect(port, 3);
            long before = cpuOfTheMaster();
            TimeUnit.SECONDS.sleep(1);
            long used = TimeUnit.NANOSECONDS.toMillis(cpuOfTheMaster() - before) / 10;
            assertThat(cluster.counters().offered()).isEqualTo(2);
            assertThat(cluster.counters().refused()).isZero();
            assertThat(used).as("percent of a processor").isLessThan(5);
            for (Client client : outside) {
                inside.remove(0).close();
                assertThat(client.worker()).isPositive();
                inside.add(client);
            }
            close(inside);
            Beside.report("W5", "the master uses " + used + " % of a processor to wait");
        }
    }

    /** Nanoseconds that its loop has run. */
    private static long cpuOfTheMaster() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("ncluster-master"))
                .mapToLong(thread -> Math.max(0, threads.getThreadCpuTime(thread.getId())))
                .sum();
    }

    @Upstream("W6")
    void aWorkerThatStandsHoldsNobody() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program first = cluster.program();
            int port = Program.port(first.listen(0));
            cluster.serving(0);
            cluster.greetEach(2);
            CountDownLatch release = first.block();
            List<Client> clients = connect(port, 20);
            for (Client client : clients) {
                assertThat(client.worker()).isEqualTo(2);
            }
            release.countDown();
            close(clients);
            Beside.report("W6", "20 of 20 clients served, 0 ended, 0 hang");
        }
    }

    @Upstream("W7")
    void clientsWaitInTheKernelWhenNobodyCanServe() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program first = cluster.program();
            Program second = cluster.program();
            int port = Program.port(first.listen(0));
            second.listen(0);
            long before = cluster.greetEach(2);
            List<CountDownLatch> releases = List.of(first.block(), second.block());
            List<Client> clients = connect(port, 100);
            Cluster.until("some are accepted", () -> cluster.counters().accepted() > before);
            long accepted = cluster.counters().accepted() - before;
            assertThat(accepted).isLessThanOrEqualTo(2 * 8);
            releases.forEach(CountDownLatch::countDown);
            for (Client client : clients) {
                assertThat(client.worker()).isPositive();
            }
            close(clients);
            Beside.report("W7", "the master has accepted " + accepted + " of 100");
        }
    }

    @Upstream("W9")
    void aClientBetweenTwoWorkersWaits() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.fork("serve");
            cluster.events.await("listening 1");
            int port = cluster.port();
            worker.kill(true);
            cluster.events.await("exit 1");
            try (Client early = Client.local(port)) {
                cluster.serving(0);
                assertThat(early.worker()).isEqualTo(2);
            }
            Beside.report("W9", "a client between two workers: waits, and is served");
        }
    }

    @Upstream("W13")
    void aDisconnectIsOverWhenTheLastWorkerIsGone() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program first = cluster.program();
            int port = Program.port(first.listen(0));
            try (Client client = Client.local(port)) {
                assertThat(client.worker()).isEqualTo(1);
                cluster.serving(0);
                CompletionStage<Void> gone = cluster.master.disconnect();
                cluster.events.await("exit 2");
                assertThat(client.echo("alive")).isEqualTo("alive");
                assertThat(gone.toCompletableFuture().isDone()).isFalse();
                client.end();
                Cluster.get(gone);
                assertThat(cluster.master.workers()).isEmpty();
            }
            Beside.report("W13", "called back with 0 of 2 workers still connected");
        }
    }

    @Upstream("W14")
    void openConnectionsOutliveTheMaster(@TempDir Path directory) throws Exception {
        Process primary = Primary.start("exit-on-word", directory);
        ProcessHandle worker = Primary.worker(primary);
        try {
            try (Client client = Client.local(Primary.port(primary))) {
                assertThat(client.worker()).isEqualTo(1);
                primary.destroyForcibly().waitFor();
                assertThat(client.echo("alive")).isEqualTo("alive");
                assertThat(worker.isAlive()).isTrue();
            }
            Cluster.until("the worker ends", () -> !worker.isAlive());
            Beside.report("W14", "an open connection, after: lives, until it ends");
        } finally {
            worker.destroyForcibly();
            primary.destroyForcibly();
        }
    }

    @Upstream("W8")
    void aWorkerThatHasManyConnectionsGetsNoMoreUntilOthersHaveAsMany() throws Exception {
        try (Cluster cluster = Cluster.start(builder -> builder.scheduler(new LeastConnections()))) {
            int port = Program.port(cluster.program().listen(0));
            List<Client> staying = new ArrayList<>();
            try {
                for (int i = 0; i < 8; i++) {
                    Client client = Client.local(port);
                    staying.add(client);
                    assertThat(client.worker()).isEqualTo(1);
                }
                cluster.serving(0);
                cluster.events.await("listening", 2);
                while (Client.askOnce(port) != 2) {
                    // It has told that it listens, and wants its first connection in a moment.
                }
                for (int i = 0; i < 6; i++) {
                    Client client = Client.local(port);
                    staying.add(client);
                    assertThat(client.worker()).isEqualTo(2);
                }
                Beside.report("W8", "eight connections stay with one worker: the next six go to the other");
            } finally {
                for (Client each : staying) {
                    each.close();
                }
            }
        }
    }

    @Upstream("W16")
    void whoGetsAConnectionIsForTheProgramToSay() throws Exception {
        try (Cluster cluster = Cluster.start(builder -> builder.scheduler((candidates, arrival) -> {
            int best = 0;
            for (int i = 1; i < candidates.size(); i++) {
                if (candidates.get(i).worker().number()
                        > candidates.get(best).worker().number()) {
                    best = i;
                }
            }
            return candidates.get(best).freeCells() > 0 ? best : Scheduler.WAIT;
        }))) {
            int port = Program.port(cluster.program().listen(0));
            cluster.serving(0);
            cluster.serving(0);
            cluster.events.await("listening", 3);
            while (Client.askOnce(port) != 3) {
                // It has told that it listens, and wants its first connection in a moment.
            }
            for (int i = 0; i < 5; i++) {
                assertThat(Client.askOnce(port)).isEqualTo(3);
            }
            Beside.report("W16", "a scheduler of one's own; its choice is kept");
        }
    }
}
