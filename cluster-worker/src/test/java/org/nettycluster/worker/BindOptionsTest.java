package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.ServerOption;

/** Binds that are this worker's alone, and options that others have chosen. */
@Timeout(60)
final class BindOptionsTest {
    private WorkerFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new WorkerFixture();
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    private ServerBootstrap exclusive() {
        return fixture.bootstrap().option(ClusterChannelOption.EXCLUSIVE, true);
    }

    @Test
    void exclusiveBindIsAskedForAsOne() throws Exception {
        ClusterServerSocketChannel server = fixture.bind(exclusive());
        assertThat(fixture.master.next(Listen.class).options()).isEqualTo(Map.of(ServerOption.EXCLUSIVE, 1));
        assertThat(server.config().getOption(ClusterChannelOption.EXCLUSIVE)).isTrue();
    }

    @Test
    void reusePortMeansSomethingForAnExclusiveBindOnly() throws Exception {
        fixture.bind(fixture.bootstrap().option(EpollChannelOption.SO_REUSEPORT, true));
        assertThat(fixture.master.next(Listen.class).options()).isEmpty();
        fixture.bind(exclusive().option(EpollChannelOption.SO_REUSEPORT, true));
        assertThat(fixture.master.next(Listen.class).options())
                .isEqualTo(Map.of(ServerOption.EXCLUSIVE, 1, ServerOption.REUSE_PORT, 1));
        fixture.bind(exclusive().option(EpollChannelOption.SO_REUSEPORT, false));
        assertThat(fixture.master.next(Listen.class).options()).isEqualTo(Map.of(ServerOption.EXCLUSIVE, 1));
    }

    @Test
    void exclusiveBindsToPortZeroAreNumberedApart() throws Exception {
        fixture.bind(exclusive());
        assertThat(fixture.master.next(Listen.class).ordinal()).isZero();
        fixture.bind();
        assertThat(fixture.master.next(Listen.class).ordinal()).isZero();
        ClusterServerSocketChannel second = fixture.bind(exclusive());
        assertThat(fixture.master.next(Listen.class).ordinal()).isEqualTo(1);
        second.close().sync();
        fixture.bind(exclusive());
        assertThat(fixture.master.next(Listen.class).ordinal()).isEqualTo(1);
    }

    @Test
    void workerIsToldThatItsOptionsHaveNoEffect() throws Exception {
        try (Warnings log = new Warnings()) {
            fixture.bind(fixture.bootstrap().option(ChannelOption.SO_BACKLOG, 8));
            assertThat(log.lines).isEmpty();
            fixture.master.next(Listen.class);
            fixture.master.answer = FakeMaster.Answer.NOTHING;
            ChannelFuture bind = fixture.bootstrap()
                    .option(ChannelOption.SO_BACKLOG, 8)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .bind(WorkerFixture.loopback(0));
            Listening own = fixture.master.listening(fixture.master.next(Listen.class));
            fixture.master.say(new Listening(
                    own.request(),
                    own.listener(),
                    own.window(),
                    own.address(),
                    own.page(),
                    Map.of(ServerOption.BACKLOG, 7, ServerOption.REUSE_ADDRESS, 1)));
            bind.sync();
            assertThat(log.lines)
                    .singleElement()
                    .asString()
                    .endsWith("was bound with {BACKLOG=7, REUSE_ADDRESS=1}, not by this worker: its own {BACKLOG=8} has"
                            + " no effect");
        }
    }

    /** What the worker's library warns of meanwhile. */
    private static final class Warnings extends Handler implements AutoCloseable {
        final List<String> lines = new CopyOnWriteArrayList<>();
        private final Logger logger = Logger.getLogger("org.nettycluster.worker");

        Warnings() {
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord record) {
            if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
                lines.add(record.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
        }
    }
}
