package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.dispatch.Overload;
import org.nettycluster.worker.ClusterChannelOption;

/** What the shared mode promises, beyond what Node's tests ask. Workers are programs in this JVM, of one loop each. */
class SharedIT {
    private static Cluster start() {
        return Cluster.start(builder -> builder.shared(true));
    }

    private static int[] greeted(List<Client> clients, int workers) throws Exception {
        int[] served = new int[workers + 1];
        for (Client client : clients) {
            served[client.worker()]++;
        }
        return served;
    }

    private static void connect(List<Client> clients, int port, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            clients.add(Client.local(port));
        }
    }

    private static void close(List<Client> clients) throws Exception {
        for (Client client : clients) {
            client.close();
        }
    }

    @Test
    void nobodyStarvesWhetherClientsComeAtOnceOrOneByOne() throws Exception {
        try (Cluster cluster = start()) {
            int port = Program.port(cluster.program().listen(0));
            cluster.serving(0);
            cluster.serving(0);
            cluster.events.await("listening", 3);
            int met = Client.meet(port, 3);
            List<Client> clients = new ArrayList<>();
            try {
                connect(clients, port, 300);
                assertServedByAll(greeted(clients, 3));
                assertThat(cluster.counters().accepted()).isEqualTo(met + 300);
                assertThat(cluster.counters().offered()).isZero();
                int[] served = new int[4];
                for (int i = 0; i < 300; i++) {
                    served[Client.askOnce(port)]++;
                }
                assertServedByAll(served);
            } finally {
                close(clients);
            }
        }
    }

    /** A third would be 100; how even it is on a machine that others use, too, is measured and not tested. */
    private static void assertServedByAll(int[] served) {
        for (int worker = 1; worker < served.length; worker++) {
            assertThat(served[worker]).as("worker " + worker).isGreaterThanOrEqualTo(30);
        }
    }

    @Test
    void aWorkerThatStandsHoldsNobodyBack() throws Exception {
        try (Cluster cluster = start()) {
            Program first = cluster.program();
            int port = Program.port(first.listen(0));
            cluster.serving(0);
            cluster.events.await("listening", 2);
            Client.meet(port, 2);
            CountDownLatch release = first.block();
            for (int i = 0; i < 100; i++) {
                assertThat(Client.askOnce(port)).isEqualTo(2);
            }
            release.countDown();
            // It makes up for some of it, and is no stranger.
            assertThat(Client.meet(port, 2)).isLessThan(30);
        }
    }

    @Test
    void clientsWaitInTheBacklogWhileNobodyServes() throws Exception {
        try (Cluster cluster = start()) {
            Program first = cluster.program();
            int port = Program.port(first.listen(0));
            cluster.events.await("listening 1");
            CountDownLatch release = first.block();
            List<Client> clients = new ArrayList<>();
            try {
                connect(clients, port, 20);
                // The first worker is asked to finish, and its successor comes: nobody is lost.
                Program second = cluster.serving(0);
                assertThat(second.number()).isEqualTo(2);
                cluster.seen(first).disconnect();
                assertThat(greeted(clients, 2)[2]).isEqualTo(20);
                release.countDown();
                cluster.events.await("exit 1");
                connect(clients, port, 1);
                assertThat(clients.get(20).worker()).isEqualTo(2);
            } finally {
                release.countDown();
                close(clients);
            }
        }
    }

    @Test
    void aDrainingWorkerAcceptsNoMoreAndServesWhatItHas() throws Exception {
        try (Cluster cluster = start()) {
            Program first = cluster.program();
            int port = Program.port(first.listen(0));
            try (Client old = Client.local(port)) {
                assertThat(old.worker()).isEqualTo(1);
                cluster.serving(0);
                cluster.events.await("listening 2");
                cluster.seen(first).disconnect();
                Cluster.get(first.worker.draining());
                // Its server's loop has been told by then, and may still be about to do so.
                first.loop().submit(() -> {}).sync();
                for (int i = 0; i < 10; i++) {
                    assertThat(Client.askOnce(port)).isEqualTo(2);
                }
                assertThat(old.echo("alive")).isEqualTo("alive");
                assertThat(cluster.events.lines()).noneMatch(line -> line.startsWith("exit"));
                old.end();
                cluster.events.await("exit 1");
            }
        }
    }

    @Test
    void aWorkerAtItsLimitLeavesClientsToOthersAndTheLastOneWaits() throws Exception {
        try (Cluster cluster = Cluster.start(builder -> builder.shared(true).maxConnections(3))) {
            int port = Program.port(cluster.program().listen(0));
            cluster.serving(0);
            cluster.events.await("listening", 2);
            List<Client> clients = new ArrayList<>();
            try {
                connect(clients, port, 6);
                assertThat(greeted(clients, 2)).containsExactly(0, 3, 3);
                try (Client seventh = Client.local(port)) {
                    clients.remove(0).close();
                    assertThat(seventh.worker()).isPositive();
                }
            } finally {
                close(clients);
            }
        }
    }

    @Test
    void readIsOneBatchWhereAutoReadIsOff() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            ServerBootstrap bootstrap = shared(program).option(ChannelOption.AUTO_READ, false);
            Channel server = program.listen(bootstrap, new InetSocketAddress("127.0.0.1", 0));
            int port = Program.port(server);
            try (Client one = Client.local(port);
                    Client two = Client.local(port)) {
                server.read();
                assertThat(one.worker()).isEqualTo(1);
                server.eventLoop().submit(() -> {}).sync();
                assertThat(cluster.counters().accepted()).isEqualTo(1);
                server.read();
                assertThat(two.worker()).isEqualTo(1);
            }
        }
    }

    @Test
    void whoBindsFirstDecidesAndALimitOfAllNeedsTheMaster() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            Program first = cluster.program();
            int port = Program.port(first.listen(shared(first), new InetSocketAddress("127.0.0.1", 0)));
            cluster.serving(0);
            cluster.events.await("listening", 2);
            Client.meet(port, 2);
            assertThat(cluster.counters().offered()).isZero();
        }
        try (Cluster cluster =
                Cluster.start(builder -> builder.shared(true).maxConnections(9).overload(Overload.RESET))) {
            int port = Program.port(cluster.program().listen(0));
            assertThat(Client.askOnce(port)).isEqualTo(1);
            assertThat(cluster.counters().offered()).isEqualTo(1);
        }
    }

    private static ServerBootstrap shared(Program program) {
        return program.bootstrap().option(ClusterChannelOption.SHARED, true);
    }
}
