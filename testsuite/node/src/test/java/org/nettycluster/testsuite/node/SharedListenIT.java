package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.Channel;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nettycluster.worker.ClusterChannelOption;

/** Section 7 with SCHED_NONE: the workers accept. */
class SharedListenIT {
    private static Cluster start() {
        return Cluster.start(builder -> builder.shared(true));
    }

    @Upstream("test-cluster-server-restart-none")
    void aServerMayCloseAndComeBackWhileAnotherHasThePort() throws Exception {
        try (Cluster cluster = start()) {
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

    @Upstream("test-cluster-net-listen-ipv6only-none")
    void ipv6OnlyLeavesTheOtherFamilysPortFree() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "this machine has no IPv6");
        try (Cluster cluster = start()) {
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

    @Upstream("test-cluster-shared-handle-bind-error")
    void aPortInUseIsAnErrorOfTheWorkerThatAsks() throws Exception {
        try (Cluster cluster = start();
                ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress("127.0.0.1", 0));
            Program program = cluster.program();
            assertThatThrownBy(() -> program.listen(taken.getLocalPort()))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("Address already in use");
            assertThat(Client.askOnce(Program.port(program.listen(0)))).isEqualTo(1);
        }
    }

    @Upstream("test-cluster-shared-handle-bind-privileged-port")
    void aPrivilegedPortIsRefusedToTheWorkerThatAsks() throws Exception {
        int first = Integer.parseInt(Files.readString(Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start"))
                .strip());
        assumeTrue(first > 42, "everybody may listen on ports from " + first + " on here");
        assumeTrue(!"root".equals(System.getProperty("user.name")), "root may listen on every port");
        try (Cluster cluster = start()) {
            assertThat(cluster.program().tryListen(42).awaitUninterruptibly().cause())
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("Permission denied");
        }
    }
}
