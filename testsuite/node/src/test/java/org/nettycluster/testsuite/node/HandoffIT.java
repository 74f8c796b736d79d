package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.dispatch.Overload;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.worker.ClusterChannelOption;

/** Section 6: what happens to connections on their way to a worker. */
class HandoffIT {
    @Upstream("test-cluster-accept-fail")
    void connectionsThatEndBeforeTheyAreAcceptedDisturbNobody() throws Exception {
        try (Cluster cluster = Cluster.start(builder -> builder.window(1))) {
            Program program = cluster.program();
            int port = Program.port(program.listen(0));
            cluster.greetEach(1);
            CountDownLatch release = program.block();
            for (int i = 0; i < 50; i++) {
                Client.local(port).reset();
            }
            release.countDown();
            assertThat(Client.askOnce(port)).isEqualTo(1);
        }
    }

    @Upstream("test-cluster-worker-handle-close")
    void whatArrivesAtAServerThatHasClosedGoesToAnother() throws Exception {
        try (Cluster cluster = Cluster.start(builder -> builder.rescueAfter(Duration.ofSeconds(60)))) {
            Program first = cluster.program();
            Channel server = first.listen(0);
            int port = Program.port(server);
            cluster.serving(0);
            long before = cluster.greetEach(2);
            CountDownLatch release = first.block();
            List<Client> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 4; i++) {
                    clients.add(Client.local(port));
                }
                Cluster.until("the first has an offer", () -> cluster.counters().offered() >= before + 2);
                // Ahead of the lane's own events: it has not read yet, and its loop stands.
                first.loop().execute(server::close);
                release.countDown();
                for (Client client : clients) {
                    assertThat(client.worker()).isBetween(1, 2);
                }
            } finally {
                close(clients);
            }
            assertThat(Client.askOnce(port)).isEqualTo(2);
        }
    }

    private static void close(List<Client> clients) throws Exception {
        for (Client client : clients) {
            client.close();
        }
    }

    @Upstream("test-cluster-net-server-drop-connection")
    void aWorkerAtItsLimitIsPassedOverAndTheLastClientWaits() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            int port = Program.port(limited(cluster.program(), 1));
            limited(cluster.program(), 9);
            // In Node its limit is 0; here that is none, and who wants no connection does not read.
            Program none = cluster.program();
            none.listen(none.bootstrap().option(ChannelOption.AUTO_READ, false), new InetSocketAddress("127.0.0.1", 0));
            cluster.events.await("listening", 3);
            List<Client> clients = new ArrayList<>();
            try {
                int[] served = new int[4];
                for (int i = 0; i < 10; i++) {
                    Client client = Client.local(port);
                    clients.add(client);
                    served[client.worker()]++;
                }
                assertThat(served).containsExactly(0, 1, 9, 0);
                try (Client eleventh = Client.local(port)) {
                    clients.remove(9).close();
                    assertThat(eleventh.worker()).isEqualTo(2);
                }
                assertThat(cluster.counters().refused()).isZero();
            } finally {
                close(clients);
            }
        }
    }

    private static Channel limited(Program program, int connections) {
        return program.listen(
                program.bootstrap().option(ClusterChannelOption.MAX_CONNECTIONS, connections),
                new InetSocketAddress("127.0.0.1", 0));
    }

    @Upstream("parallel/test-http-server-drop-connections-in-cluster")
    void whoIsTooManyMayBeResetInsteadOfWaiting() throws Exception {
        try (Cluster cluster =
                Cluster.start(builder -> builder.maxConnections(1).overload(Overload.RESET))) {
            int port = Program.port(cluster.program().listen(0));
            try (Client first = Client.local(port);
                    Client second = Client.local(port)) {
                assertThat(first.worker()).isEqualTo(1);
                assertThat(second.read()).isNull();
                assertThat(first.echo("alive")).isEqualTo("alive");
            }
        }
    }

    @Upstream("test-cluster-rr-handle-close")
    void aWorkerThatHasClosedItsServerEndsByItself() {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.fork("close");
            assertThat(Cluster.get(worker.exit())).isEqualTo(new WorkerExit(0, null));
            assertThat(worker.exitedAfterDisconnect()).isFalse();
        }
    }

    @Upstream("test-cluster-rr-handle-keep-loop-alive")
    void anOpenServerKeepsAWorkerWhoseMainHasReturned() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.fork("return");
            cluster.events.await("listening 1");
            InetSocketAddress address = cluster.master.addresses().iterator().next();
            for (int i = 0; i < 3; i++) {
                assertThat(Client.askOnce(address.getPort())).isEqualTo(1);
            }
            assertThat(Cluster.get(worker.disconnect())).isEqualTo(new WorkerExit(0, null));
        }
    }
}
