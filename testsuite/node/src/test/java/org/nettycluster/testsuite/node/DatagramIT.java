package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.DatagramChannel;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.accept.DatagramRegistry;
import org.nettycluster.master.accept.InheritedSocket;
import org.nettycluster.worker.ClusterChannelOption;

/** UDP as Node's cluster has it: workers that are forked one by one have one socket of the master's, read by all. */
class DatagramIT {
    private static final int PEERS = 100;
    private static final int DATAGRAMS = 20_000;

    private final Readings readings = new Readings(PEERS);

    private DatagramChannel bind(Program program, int port) {
        return bind(program, new InetSocketAddress("127.0.0.1", port), new Bootstrap());
    }

    private DatagramChannel bind(Program program, InetSocketAddress address, Bootstrap options) {
        DatagramChannel channel = Cluster.get(ask(program, address, options));
        program.runs(channel);
        return channel;
    }

    private CompletionStage<DatagramChannel> ask(Program program, InetSocketAddress address, Bootstrap options) {
        return program.worker.datagram(
                options.group(program.loop()).handler(readings.reader(program.number())), address);
    }

    /** A socket of the program's own, of which the cluster knows nothing. */
    private Channel ordinary(Program program, int port, boolean reusePort) {
        Channel channel = new Bootstrap()
                .group(program.loop())
                .channel(EpollDatagramChannel.class)
                .option(EpollChannelOption.SO_REUSEPORT, reusePort)
                .handler(readings.reader(program.number()))
                .bind("127.0.0.1", port)
                .syncUninterruptibly()
                .channel();
        program.runs(channel);
        return channel;
    }

    private static boolean isFree(int port) {
        try (DatagramSocket taken = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
            return taken.isBound();
        } catch (SocketException e) {
            return false;
        }
    }

    @Upstream("test-cluster-dgram-1")
    void nothingIsLostWhileWorkersComeAndGo() throws Exception {
        try (Cluster cluster = Cluster.start();
                Peers peers = new Peers(PEERS)) {
            List<Program> programs = new ArrayList<>();
            Set<Integer> ports = new HashSet<>();
            for (int i = 0; i < 4; i++) {
                programs.add(cluster.program());
                ports.add(Program.port(bind(programs.get(i), 0)));
            }
            assertThat(ports).hasSize(1);
            int port = ports.iterator().next();
            assertThat(cluster.master.status().datagrams())
                    .containsExactly(new DatagramRegistry.Bound(new InetSocketAddress("127.0.0.1", port), 1, 1));
            for (int i = 0; i < 4; i++) {
                peers.send(DATAGRAMS / 4, port, readings::received);
                programs.remove(0).worker.disconnect();
                programs.add(cluster.program());
                bind(programs.get(3), 0);
            }
            Cluster.until("all have come", () -> readings.different() == DATAGRAMS);
            assertThat(readings.received()).isEqualTo(DATAGRAMS);
        }
    }

    @Test
    void whatIsQueuedWaitsForASuccessor() throws Exception {
        try (Cluster cluster = Cluster.start();
                Peers peers = new Peers(1)) {
            Program first = cluster.program();
            DatagramChannel channel = bind(first, 0);
            int port = Program.port(channel);
            first.worker.disconnect();
            channel.closeFuture().syncUninterruptibly();
            peers.send(100, port);
            assertThat(Program.port(bind(cluster.program(), port))).isEqualTo(port);
            Cluster.until("all have come", () -> readings.different() == 100);
        }
    }

    @Upstream("test-cluster-dgram-2")
    void workersAnswerAndDrainEndsThem() throws Exception {
        try (Cluster cluster = Cluster.start();
                Peers peers = new Peers(1)) {
            Program program = cluster.program();
            DatagramChannel channel = bind(program, 0);
            cluster.events.await("listening", 1);
            assertThat(peers.ask(0, Program.port(channel))).isEqualTo(program.number());
            program.worker.disconnect();
            assertThat(channel.closeFuture().await(20_000)).isTrue();
        }
    }

    @Upstream("parallel/test-dgram-cluster-close-in-listening")
    void aClosedSocketIsClosedInTheMaster() {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            DatagramChannel first = bind(program, 0);
            int port = Program.port(first);
            first.close().syncUninterruptibly();
            Cluster.until("the master has closed it", () -> isFree(port));
        }
    }

    @Upstream("test-cluster-child-index-dgram")
    void theNthUnnamedPortIsEverybodysNth() {
        try (Cluster cluster = Cluster.start()) {
            Program one = cluster.program();
            Program two = cluster.program();
            DatagramChannel first = bind(one, 0);
            DatagramChannel second = bind(one, 0);
            assertThat(Program.port(first)).isNotEqualTo(Program.port(second));
            assertThat(Program.port(bind(two, 0))).isEqualTo(Program.port(first));
            assertThat(Program.port(bind(two, 0))).isEqualTo(Program.port(second));
            first.close().syncUninterruptibly();
            assertThat(Program.port(bind(one, 0))).isEqualTo(Program.port(first));
        }
    }

    @Upstream("parallel/test-dgram-cluster-bind-error")
    void aFailedBindSaysWhy() throws Exception {
        try (Cluster cluster = Cluster.start();
                DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> bind(cluster.program(), taken.getLocalPort()))
                    .hasRootCauseInstanceOf(BindException.class)
                    .hasStackTraceContaining("in use");
        }
    }

    @Upstream("known_issues/test-dgram-bind-shared-ports-after-port-0")
    void onePortIsOneHoweverItWasNamed() {
        try (Cluster cluster = Cluster.start()) {
            int port = Program.port(bind(cluster.program(), 0));
            assertThat(Program.port(bind(cluster.program(), port))).isEqualTo(port);
        }
    }

    @Upstream("test-cluster-dgram-bind-fd")
    void aWorkerReadsFromASocketThatItsMasterHasInherited() throws Exception {
        LinuxSocket inherited = LinuxSocket.newSocketDgram(false);
        inherited.bind(new InetSocketAddress("127.0.0.1", 0));
        int port = inherited.localAddress().getPort();
        // From here on it is the master's, who closes it.
        try (Cluster cluster =
                        Cluster.start(builder -> builder.inherit(new InheritedSocket(inherited.intValue(), "dns")));
                Peers peers = new Peers(1)) {
            assertThat(Program.port(bind(cluster.program(), port))).isEqualTo(port);
            assertThat(peers.ask(0, port)).isEqualTo(1);
        }
    }

    @Upstream("test-cluster-dgram-ipv6only")
    void ipv6OnlyLeavesTheOtherFamilysPortFree() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "this machine has no IPv6");
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            InetSocketAddress any = new InetSocketAddress("::", 0);
            int port = Program.port(bind(program, any, new Bootstrap().option(ClusterChannelOption.IPV6_V6ONLY, true)));
            assertThat(Program.port(bind(program, port))).isEqualTo(port);
        }
    }

    @Upstream("test-cluster-dgram-reuse")
    void oneWorkerMayHaveOneAddressTwiceIfItSaysSo() throws Exception {
        try (Cluster cluster = Cluster.start();
                Peers peers = new Peers(1)) {
            Program program = cluster.program();
            DatagramChannel first = bind(program, 0);
            InetSocketAddress address = first.localAddress();
            assertThatThrownBy(() -> bind(program, address, new Bootstrap())).hasStackTraceContaining("in use");
            DatagramChannel second = bind(program, address, new Bootstrap().option(ChannelOption.SO_REUSEADDR, true));
            first.close().syncUninterruptibly();
            assertThat(peers.ask(0, address.getPort())).isEqualTo(program.number());
            second.close().syncUninterruptibly();
            Cluster.until("the master has closed it", () -> isFree(address.getPort()));
        }
    }

    @Upstream("test-cluster-dgram-reuseport")
    void socketsOfOnesOwnMayShareAPortThroughTheKernel() {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            int port = Program.port(ordinary(program, 0, true));
            assertThat(Program.port(ordinary(program, port, true))).isEqualTo(port);
            assertThat(cluster.events.lines()).noneMatch(line -> line.startsWith("listening"));
        }
    }

    @Upstream("parallel/test-dgram-exclusive-implicit-bind")
    void whoSendsWithoutABindHasAPortOfItsOwn() {
        try (Cluster cluster = Cluster.start()) {
            Set<Integer> ports = new HashSet<>();
            for (int i = 0; i < 2; i++) {
                ports.add(Program.port(ordinary(cluster.program(), 0, false)));
                ports.add(Program.port(bind(cluster.program(), 0)));
            }
            assertThat(ports).hasSize(3);
        }
    }

    @Upstream("sequential/test-dgram-bind-shared-ports")
    void aPortIsSharedUnlessItIsWantedAlone() {
        try (Cluster cluster = Cluster.start()) {
            Program one = cluster.program();
            Program two = cluster.program();
            int port = Program.port(bind(one, 0));
            assertThat(Program.port(bind(two, port))).isEqualTo(port);
            int own = Program.port(bind(one, new InetSocketAddress("127.0.0.1", 0), alone()));
            assertThatThrownBy(() -> bind(two, new InetSocketAddress("127.0.0.1", own), alone()))
                    .hasRootCauseInstanceOf(BindException.class)
                    .hasStackTraceContaining("in use");
        }
    }

    private static Bootstrap alone() {
        return new Bootstrap().option(ClusterChannelOption.EXCLUSIVE, true);
    }

    @Upstream("parallel/test-dgram-cluster-close-during-bind")
    void aBindThatIsGivenUpLeavesNothingBehind() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            DatagramChannel other = bind(cluster.program(), 0);
            int port = Program.port(other);
            CountDownLatch release = program.block();
            CompletionStage<DatagramChannel> bound = ask(program, other.localAddress(), new Bootstrap());
            assertThat(bound.toCompletableFuture().cancel(false)).isTrue();
            release.countDown();
            // The same loop: when this one is bound, the master has answered the other.
            bind(program, 0);
            other.close().syncUninterruptibly();
            Cluster.until("nobody has it", () -> isFree(port));
        }
    }

    @Upstream("parallel/test-dgram-bind-socket-close-before-cluster-reply")
    void aFailureThatNobodyWaitsForIsNotTold() throws Exception {
        try (Cluster cluster = Cluster.start();
                DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Program program = cluster.program();
            CountDownLatch release = program.block();
            CompletionStage<DatagramChannel> bound =
                    ask(program, new InetSocketAddress("127.0.0.1", taken.getLocalPort()), new Bootstrap());
            assertThat(bound.toCompletableFuture().cancel(false)).isTrue();
            release.countDown();
            assertThat(bind(program, 0).isActive()).isTrue();
            assertThat(bound.toCompletableFuture()).isCancelled();
        }
    }
}
