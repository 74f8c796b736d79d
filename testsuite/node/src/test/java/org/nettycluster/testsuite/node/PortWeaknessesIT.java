package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Where Node's idea of a port fails, and ours does not. */
class PortWeaknessesIT {
    @Upstream("W11")
    void optionsThatDoNotHoldAreSaid() throws Exception {
        Logger logger = Logger.getLogger("org.nettycluster.worker.BindHandler");
        History said = new History();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                said.add(line.getLevel() + " " + line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try (Cluster cluster = Cluster.start()) {
            InetSocketAddress unnamed = new InetSocketAddress("127.0.0.1", 0);
            Program first = cluster.program();
            first.listen(first.bootstrap().option(ChannelOption.SO_BACKLOG, 37), unnamed);
            Program second = cluster.program();
            second.listen(second.bootstrap().option(ChannelOption.SO_BACKLOG, 73), unnamed);
            assertThat(cluster.master.status().listeners().get(0).crowd().backlogLimit())
                    .isEqualTo(37);
            assertThat(said.await("WARNING"))
                    .contains("was bound with")
                    .contains("37")
                    .contains("73");
            Beside.report("W11", "the first worker's options hold, and a warning names both");
        } finally {
            logger.removeHandler(handler);
        }
    }

    @Upstream("W12")
    void onePortIsOneHoweverItWasNamed() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            int port = Program.port(cluster.program().listen(0));
            Program second = cluster.program();
            assertThat(Program.port(second.listen(port))).isEqualTo(port);
            assertThat(Program.port(second.listen(0))).isNotEqualTo(port);
            Program any = cluster.program();
            int wild = Program.port(any.listen(any.bootstrap(), new InetSocketAddress("::", 0)));
            Program other = cluster.program();
            assertThat(Program.port(other.listen(other.bootstrap(), new InetSocketAddress("0.0.0.0", wild))))
                    .isEqualTo(wild);
            Beside.report("W12", "the second worker's listen: shared");
        }
    }

    @Upstream("W15")
    void noListenOfAnyoneBreaksTheMaster() throws Exception {
        try (Cluster cluster = Cluster.start();
                ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress("127.0.0.1", 0));
            List<ChannelFuture> binds = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Program program = cluster.program();
                binds.add(program.tryListen(taken.getLocalPort()));
                binds.add(program.tryListen(taken.getLocalPort()));
            }
            for (ChannelFuture bind : binds) {
                assertThat(bind.awaitUninterruptibly().cause()).isInstanceOf(BindException.class);
            }
            assertThat(Client.askOnce(Program.port(cluster.program().listen(0))))
                    .isEqualTo(3);
            Beside.report("W15", "the master lives");
        }
    }
}
