package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.accept.InheritedSocket;
import org.nettycluster.worker.ClusterChannelOption;

/** Section 7: what a bind means when many do it. */
class ListenIT {
    private final History told = new History();

    @Upstream("test-cluster-net-listen")
    void aPortNeedNotBeNamed() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            assertThat(Client.askOnce(Program.port(cluster.program().listen(0))))
                    .isEqualTo(1);
        }
    }

    @Upstream("test-cluster-listening-port")
    void theRealPortIsTold() {
        try (Cluster cluster = Cluster.start()) {
            cluster.master.onListening((worker, address) -> told.add(worker.id() + " " + address.getPort()));
            int port = Program.port(cluster.program().listen(0));
            assertThat(port).isPositive();
            told.await("1 " + port);
        }
    }

    @Upstream("test-cluster-net-listen-backlog")
    void theBacklogIsTheMastersSockets() {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            program.listen(
                    program.bootstrap().option(ChannelOption.SO_BACKLOG, 37), new InetSocketAddress("127.0.0.1", 0));
            assertThat(cluster.master.status().listeners().get(0).crowd().backlogLimit())
                    .isEqualTo(37);
        }
    }

    @Upstream("test-cluster-child-index-net")
    void theNthUnnamedPortIsEverybodysNth() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program first = cluster.program();
            Channel one = first.listen(0);
            Channel two = first.listen(0);
            assertThat(Program.port(one)).isNotEqualTo(Program.port(two));
            Program second = cluster.program();
            assertThat(Program.port(second.listen(0))).isEqualTo(Program.port(one));
            one.close().sync();
            Channel again = first.listen(0);
            assertThat(Program.port(again)).isEqualTo(Program.port(one));
            Channel three = first.listen(0);
            assertThat(List.of(Program.port(one), Program.port(two))).doesNotContain(Program.port(three));
            assertThat(Client.askOnce(Program.port(three))).isEqualTo(1);
        }
    }

    @Upstream("test-cluster-server-restart-rr")
    void aServerMayCloseAndComeBackWhileAnotherHasThePort() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program first = cluster.program();
            Channel server = first.listen(0);
            int port = Program.port(server);
            cluster.serving(0);
            cluster.events.await("listening 2");
            server.close().sync();
            assertThat(Client.askOnce(port)).isEqualTo(2);
            assertThat(Program.port(first.listen(0))).isEqualTo(port);
            cluster.events.await("listening 1", 2);
            Client.meet(port, 2);
        }
    }

    @Upstream("test-cluster-port-reuse-between-workers")
    void aListenThatFailedDoesNotStandInTheWayOfTheNext() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program first = cluster.program();
            int port = Program.port(first.listen(0));
            Program second = cluster.program();
            Channel server = second.listen(port);
            cluster.events.await("listening 2");
            assertThat(second.tryListen(port).awaitUninterruptibly().cause()).isInstanceOf(BindException.class);
            server.close().sync();
            assertThat(Program.port(second.listen(port))).isEqualTo(port);
            cluster.events.await("listening 2", 2);
            Client.meet(port, 2);
        }
    }

    @Test
    @Timeout(30)
    void aListenBehindACloseIsServedHoweverLateTheClosedOnesLaneComes() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            int port = Program.port(cluster.program().listen(0));
            Program second = cluster.program();
            for (int i = 0; i < 50; i++) {
                second.listen(port).close().sync();
            }
            second.listen(port);
            Cluster.until("the second serves", () -> askedOnce(port) == 2);
        }
    }

    private static int askedOnce(int port) {
        try {
            return Client.askOnce(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Upstream("test-cluster-net-listen-ipv6only-false")
    void anyAddressIsForBothFamilies() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "this machine has no IPv6");
        try (Cluster cluster = Cluster.start()) {
            InetSocketAddress any = new InetSocketAddress("::", 0);
            Program first = cluster.program();
            Program second = cluster.program();
            Channel one = first.listen(first.bootstrap(), any);
            Channel two = second.listen(second.bootstrap(), any);
            assertThat(one.localAddress()).isEqualTo(two.localAddress());
            cluster.events.await("listening", 2);
            int port = Program.port(one);
            assertThat(Client.askOnce(port)).isPositive();
            try (Client client = new Client(new InetSocketAddress("::1", port))) {
                assertThat(client.worker()).isPositive();
            }
        }
    }

    @Upstream("test-cluster-net-listen-ipv6only-rr")
    void ipv6OnlyLeavesTheOtherFamilysPortFree() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "this machine has no IPv6");
        try (Cluster cluster = Cluster.start()) {
            InetSocketAddress any = new InetSocketAddress("::", 0);
            Program first = cluster.program();
            Program second = cluster.program();
            Channel one = first.listen(first.bootstrap().option(ClusterChannelOption.IPV6_V6ONLY, true), any);
            Channel two = second.listen(second.bootstrap().option(ClusterChannelOption.IPV6_V6ONLY, true), any);
            assertThat(one.localAddress()).isEqualTo(two.localAddress());
            int port = Program.port(one);
            try (ServerSocket free = new ServerSocket()) {
                free.bind(new InetSocketAddress("127.0.0.1", port));
                try (Client client = new Client(new InetSocketAddress("::1", port))) {
                    assertThat(client.worker()).isPositive();
                }
            }
        }
    }

    @Upstream("sequential/test-net-listen-shared-ports")
    void aPortIsSharedUnlessItIsWantedAlone() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            int port = Program.port(cluster.program().listen(0));
            Program second = cluster.program();
            assertThat(Program.port(second.listen(port))).isEqualTo(port);
            Program third = cluster.program();
            assertThatThrownBy(() -> third.listen(
                            third.bootstrap().option(ClusterChannelOption.EXCLUSIVE, true),
                            new InetSocketAddress("127.0.0.1", port)))
                    .isInstanceOf(BindException.class);
        }
    }

    @Upstream("parallel/test-net-listen-exclusive-random-ports")
    void unnamedPortsWantedAloneAreTwo() {
        try (Cluster cluster = Cluster.start()) {
            InetSocketAddress unnamed = new InetSocketAddress("127.0.0.1", 0);
            Program first = cluster.program();
            Program second = cluster.program();
            Channel one = first.listen(first.bootstrap().option(ClusterChannelOption.EXCLUSIVE, true), unnamed);
            Channel two = second.listen(second.bootstrap().option(ClusterChannelOption.EXCLUSIVE, true), unnamed);
            assertThat(Program.port(one)).isNotEqualTo(Program.port(two));
        }
    }

    @Upstream("test-cluster-net-reuseport")
    void socketsOfOnesOwnMayShareAPortThroughTheKernel() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program first = cluster.program();
            int port = Program.port(first.listen(reusing(first), new InetSocketAddress("127.0.0.1", 0)));
            Program second = cluster.program();
            assertThat(Program.port(second.listen(reusing(second), new InetSocketAddress("127.0.0.1", port))))
                    .isEqualTo(port);
            assertThat(cluster.master.addresses()).hasSize(2);
            assertThat(Client.askOnce(port)).isBetween(1, 2);
        }
    }

    private static ServerBootstrap reusing(Program program) {
        return program.bootstrap()
                .option(ClusterChannelOption.EXCLUSIVE, true)
                .option(UnixChannelOption.SO_REUSEPORT, true);
    }

    @Upstream({"parallel/test-listen-fd-cluster", "parallel/test-net-listen-handle-in-cluster-1"})
    void aWorkerListensOnASocketThatItsMasterHasInherited() throws Exception {
        LinuxSocket inherited = LinuxSocket.newSocketStream();
        inherited.bind(new InetSocketAddress("127.0.0.1", 0));
        inherited.listen(16);
        int port = inherited.localAddress().getPort();
        // From here on it is the master's, who closes it.
        try (Cluster cluster =
                Cluster.start(builder -> builder.inherit(new InheritedSocket(inherited.intValue(), "web")))) {
            assertThat(Program.port(cluster.program().listen(port))).isEqualTo(port);
            assertThat(Client.askOnce(port)).isEqualTo(1);
        }
    }

    @Upstream("parallel/test-net-listen-twice")
    void oneServerListensOnceHoweverOftenItIsAsked() {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            Channel server = program.register();
            ChannelFuture first = server.bind(new InetSocketAddress("127.0.0.1", 0));
            ChannelFuture second = server.bind(new InetSocketAddress("127.0.0.1", 0));
            assertThat(first.awaitUninterruptibly().isSuccess()).isTrue();
            assertThat(second.awaitUninterruptibly().cause()).isInstanceOf(BindException.class);
            cluster.events.await("listening 1");
            server.close().syncUninterruptibly();
            Cluster.get(cluster.seen(program).disconnect());
            assertThat(cluster.events.of(1))
                    .filteredOn(line -> line.startsWith("listening"))
                    .hasSize(1);
        }
    }

    @Upstream("parallel/test-net-server-close-before-ipc-response")
    void aServerThatClosesBeforeTheAnswerLeavesNothingBehind() {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            Channel server = program.register();
            // In one turn of its loop, so that no answer comes between.
            program.loop().execute(() -> {
                server.bind(new InetSocketAddress("127.0.0.1", 0));
                server.close();
            });
            server.closeFuture().syncUninterruptibly();
            Cluster.get(cluster.seen(program).disconnect());
            assertThat(cluster.master.addresses()).isEmpty();
            assertThat(cluster.events.lines()).noneMatch(line -> line.startsWith("listening"));
        }
    }

    @Upstream("test-cluster-bind-twice")
    void twoMastersCannotHaveOnePort() {
        try (Cluster first = Cluster.start();
                Cluster second = Cluster.start()) {
            int port = Program.port(first.program().listen(0));
            assertThat(second.program().tryListen(port).awaitUninterruptibly().cause())
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("Address already in use");
            assertThat(second.events.lines()).noneMatch(line -> line.startsWith("listening"));
        }
    }

    @Upstream("test-cluster-eaddrinuse")
    void aPortInUseCanBeHadWhenItIsFree() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            int port;
            try (ServerSocket taken = new ServerSocket()) {
                taken.bind(new InetSocketAddress("127.0.0.1", 0));
                port = taken.getLocalPort();
                assertThatThrownBy(() -> program.listen(port))
                        .isInstanceOf(BindException.class)
                        .hasMessageContaining("Address already in use");
            }
            program.listen(port);
            assertThat(Client.askOnce(port)).isEqualTo(1);
        }
    }

    @Upstream("test-cluster-bind-privileged-port")
    void aPrivilegedPortIsRefusedToTheWorkerThatAsks() throws Exception {
        int first = Integer.parseInt(Files.readString(Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start"))
                .strip());
        assumeTrue(first > 42, "everybody may listen on ports from " + first + " on here");
        assumeTrue(!"root".equals(System.getProperty("user.name")), "root may listen on every port");
        try (Cluster cluster = Cluster.start()) {
            assertThat(cluster.program().tryListen(42).awaitUninterruptibly().cause())
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("Permission denied");
        }
    }

    @Upstream("test-cluster-ipc-throw")
    void aListenerThatThrowsBreaksNeitherItsWorkerNorTheMaster() throws Exception {
        try (Cluster cluster = Cluster.start();
                ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress("127.0.0.1", 0));
            cluster.master.onOnline(worker -> {
                throw new IllegalStateException("thrown in the master's listener, as this test wants it");
            });
            Program program = cluster.program();
            program.tryListen(taken.getLocalPort()).addListener(bound -> {
                told.add("failed");
                throw new IllegalStateException("thrown in the worker's listener, as this test wants it");
            });
            told.await("failed");
            assertThat(Client.askOnce(Program.port(program.listen(0)))).isEqualTo(1);
            Cluster.get(cluster.seen(program).disconnect());
        }
    }
}
