package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.WorkerProcess.State;
import org.nettycluster.master.supervise.WorkerExit;

/** Section 3: how workers are let go. */
class DisconnectIT {
    private final History told = new History();

    @Upstream("test-cluster-worker-disconnect")
    void aWorkerIsToldAndItsStateAndFlagFollow() {
        try (Cluster cluster = Cluster.start()) {
            cluster.master.onDisconnect(worker -> told.add("" + worker.state()));
            Program program = cluster.serving(0);
            WorkerProcess worker = cluster.seen(program);
            CompletionStage<WorkerExit> exit = worker.disconnect();
            Cluster.get(program.worker.draining());
            Cluster.get(exit);
            told.await("DISCONNECTED");
            assertThat(worker.exitedAfterDisconnect()).isTrue();
            assertThat(worker.state()).isEqualTo(State.DEAD);
        }
    }

    @Upstream("test-cluster-disconnect")
    void eightWorkersShareTwoPortsAndAllCanBeLetGoTwice() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            for (int round = 0; round < 2; round++) {
                List<Program> programs = new ArrayList<>();
                List<Integer> ports = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    Program program = cluster.program();
                    programs.add(program);
                    ports.add(Program.port(program.listen(0)));
                    ports.add(Program.port(program.listen(0)));
                }
                assertThat(ports.stream().distinct()).hasSize(2);
                assertThat(Client.askOnce(ports.get(1))).isPositive();

                Cluster.get(cluster.master.disconnect());

                assertThat(cluster.master.workers()).isEmpty();
                assertThat(cluster.master.addresses()).isEmpty();
                cluster.events.await("exit", 8 * (round + 1));
            }
        }
    }

    @Upstream("test-cluster-disconnect-idle-worker")
    void aWorkerThatIsNotOnlineYetIsLetGo() {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.shell("exec sleep 60");
            Cluster.get(cluster.master.disconnect());
            assertThat(cluster.master.workers()).isEmpty();
            assertThat(worker.exitedAfterDisconnect()).isTrue();
        }
    }

    @Upstream("test-cluster-disconnect-with-no-workers")
    void nobodyToLetGoIsToldLater() {
        CompletableFuture<CompletionStage<Void>> gone = new CompletableFuture<>();
        try (Cluster cluster = Cluster.start()) {
            // On the thread that completes it, so that nothing can have come between.
            cluster.master.onExit((worker, exit) -> {
                CompletionStage<Void> stage = cluster.master.disconnect();
                told.add("at once " + stage.toCompletableFuture().isDone());
                gone.complete(stage);
            });
            cluster.shell("exit 0");
            told.await("at once false");
            Cluster.get(Cluster.get(gone));
        }
    }

    @Upstream("test-cluster-disconnect-before-exit")
    void aWorkerThatHasLeftAndStillRunsIsLetGo() {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.fork("linger");
            cluster.events.await("disconnect 1");
            assertThat(worker.isDead()).isFalse();
            Cluster.get(cluster.master.disconnect());
            cluster.events.await("exit 1 SIGTERM");
        }
    }

    @Upstream("test-cluster-disconnect-race")
    void oneLeavesWhileAnotherComesAndLeaves() {
        try (Cluster cluster = Cluster.start()) {
            Program first = cluster.serving(0);
            CompletionStage<WorkerExit> firstExit = cluster.seen(first).disconnect();
            Program second = cluster.serving(0);
            CompletionStage<WorkerExit> secondExit = cluster.seen(second).disconnect();
            assertThat(Cluster.get(firstExit).code()).isZero();
            assertThat(Cluster.get(secondExit).code()).isZero();
            assertThat(cluster.master.addresses()).isEmpty();
        }
    }

    @Upstream("test-cluster-disconnect-exitedAfterDisconnect-race")
    void theMasterKnowsBeforeTheWorkerIsTold() {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.serving(0);
            WorkerProcess worker = cluster.seen(program);
            CompletionStage<Boolean> known =
                    program.worker.draining().thenApply(nothing -> worker.exitedAfterDisconnect());
            Cluster.get(program.worker.disconnect());
            assertThat(Cluster.get(known)).isTrue();
        }
    }

    @Upstream("test-cluster-disconnect-leak")
    void aDisconnectOvertakesAListen() {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            cluster.events.await("online 1");
            program.tryListen(0);
            Cluster.get(cluster.master.disconnect());
            cluster.events.await("disconnect 1");
            cluster.events.await("exit 1");
            assertThat(cluster.master.addresses()).isEmpty();
        }
    }

    @Upstream("test-cluster-disconnect-unshared-tcp")
    void aWorkerWhoseServerIsItsOwnIsLetGo() {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            Channel own = new ServerBootstrap()
                    .group(program.loop())
                    .channel(EpollServerSocketChannel.class)
                    .childHandler(Greeter.of(1))
                    .bind("127.0.0.1", 0)
                    .syncUninterruptibly()
                    .channel();
            Cluster.get(cluster.seen(program).disconnect());
            assertThat(own.isOpen()).as("no business of the cluster's").isTrue();
            assertThat(cluster.events.lines()).noneMatch(line -> line.startsWith("listening"));
        }
    }

    @Upstream("test-cluster-disconnect-unshared-udp")
    void aWorkerWhoseUdpSocketIsItsOwnIsLetGo() {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            Channel own = new Bootstrap()
                    .group(program.loop())
                    .channel(EpollDatagramChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .bind("127.0.0.1", 0)
                    .syncUninterruptibly()
                    .channel();
            Cluster.get(cluster.seen(program).disconnect());
            assertThat(own.isOpen()).isTrue();
        }
    }

    @Upstream("test-cluster-concurrent-disconnect")
    void manyLeaveAtOnceOnEverySide() {
        int workers = 12;
        try (Cluster cluster = Cluster.start()) {
            List<Program> programs = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                programs.add(cluster.serving(0));
            }
            for (int i = 0; i < workers; i++) {
                Program program = programs.get(i);
                switch (i % 4) {
                    case 0 -> program.worker.disconnect();
                    case 1 -> cluster.seen(program).disconnect();
                    case 2 -> program.worker.close();
                    default -> {
                        program.worker.disconnect();
                        program.tryListen(0);
                    }
                }
            }
            Cluster.get(cluster.master.disconnect());
            cluster.events.await("exit", workers);
            for (int i = 1; i <= workers; i++) {
                assertThat(cluster.events.of(i))
                        .filteredOn(line -> line.startsWith("exit"))
                        .hasSize(1);
                assertThat(cluster.events.of(i))
                        .filteredOn(line -> line.startsWith("disconnect"))
                        .hasSize(1);
            }
            assertThat(cluster.master.addresses()).isEmpty();
        }
    }

    @Upstream("test-cluster-process-disconnect")
    void aWorkerThatLeavesItsMasterEndsWithZeroAndUnasked() {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.serving(0);
            WorkerProcess worker = cluster.seen(program);
            program.worker.close();
            assertThat(Cluster.get(worker.exit())).isEqualTo(new WorkerExit(0, null));
            assertThat(worker.exitedAfterDisconnect()).isFalse();
        }
    }

    @Upstream("test-cluster-worker-wait-server-close")
    void aWorkerIsConnectedUntilItsConnectionsHaveEnded() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            try (Client client = Client.local(Program.port(program.listen(0)))) {
                assertThat(client.worker()).isEqualTo(1);
                cluster.seen(program).disconnect();
                Cluster.get(program.worker.draining());
                for (int i = 0; i < 10; i++) {
                    assertThat(client.echo("still " + i)).isEqualTo("still " + i);
                }
                assertThat(cluster.events.lines()).doesNotContain("disconnect 1");
            }
            cluster.events.await("disconnect 1");
        }
    }

    @Upstream("test-cluster-worker-no-exit")
    void outgoingWorkKeepsAWorkerUntilItHasEnded() throws Exception {
        try (Cluster cluster = Cluster.start();
                ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket outgoing = new Socket(elsewhere.getInetAddress(), elsewhere.getLocalPort());
                Socket far = elsewhere.accept()) {
            Program program = cluster.serving(0);
            CompletableFuture<Integer> ended = new CompletableFuture<>();
            program.worker.onDrain(() -> ended);
            cluster.seen(program).disconnect();
            Cluster.get(program.worker.draining());
            far.getOutputStream().write(7);
            assertThat(outgoing.getInputStream().read()).isEqualTo(7);
            assertThat(cluster.events.lines()).doesNotContain("disconnect 1");
            far.shutdownOutput();
            ended.complete(outgoing.getInputStream().read());
            cluster.events.await("exit 1");
        }
    }

    @Upstream("test-cluster-worker-disconnect-on-error")
    void aWorkerWhoseListenFailsMayLeaveThereAndThen() throws Exception {
        try (Cluster cluster = Cluster.start();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Program program = cluster.program();
            WorkerProcess worker = cluster.seen(program);
            program.tryListen(taken.getLocalPort()).addListener(bound -> {
                told.add("bound " + bound.isSuccess());
                program.worker.disconnect();
            });
            told.await("bound false");
            Cluster.get(worker.exit());
            assertThat(worker.exitedAfterDisconnect()).isTrue();
        }
    }

    @Upstream("test-cluster-shared-leak")
    void twoLeaveAroundALiveConnection() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program first = cluster.program();
            int port = Program.port(first.listen(0));
            try (Client client = Client.local(port)) {
                assertThat(client.worker()).isEqualTo(1);
                Program second = cluster.serving(0);
                CompletionStage<WorkerExit> exit = cluster.seen(second).disconnect();
                cluster.seen(first).disconnect();
                Cluster.get(exit);
                assertThat(client.echo("alive")).isEqualTo("alive");
            }
            cluster.events.await("exit 1");
            assertThat(cluster.master.addresses()).isEmpty();
            InetSocketAddress gone = new InetSocketAddress("127.0.0.1", port);
            assertThat(cluster.master.counters(gone).accepted()).isZero();
        }
    }
}
