package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.ClaimState;

/** Auto-read and read() of the server channel, and what the master sees of them. */
@Timeout(60)
final class ReadingTest {
    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private WorkerFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new WorkerFixture();
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    @Test
    void readingServerWantsAndPausedServerDoesNot() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        Eventually.eventually("wants", lane.page::wants);
        lane.awaitRingAfter(0);
        int rings = lane.rings.get();
        server.config().setAutoRead(false);
        Eventually.eventually("wants nothing", () -> !lane.page.wants());
        lane.awaitRingAfter(rings);
        server.config().setAutoRead(true);
        Eventually.eventually("wants again", lane.page::wants);
        try (WorkerFixture.Client client = fixture.client()) {
            lane.await(lane.offer(fixture.master.accept()), ClaimState.CLAIMED);
            assertThat(client.echo("hello")).isEqualTo("hello");
        }
    }

    @Test
    void withoutAutoReadNothingComesBeforeARead() throws Exception {
        ClusterServerSocketChannel server = fixture.bind(
                fixture.bootstrap().option(ChannelOption.AUTO_READ, false).handler(new Calls()));
        FakeLane lane = fixture.master.lane();
        assertThat(lane.page.wants()).isFalse();
        try (WorkerFixture.Client client = fixture.client()) {
            FakeMaster.Accepted accepted = fixture.master.accept();
            long sequence = lane.offer(accepted);
            loopTurns(server);
            assertThat(lane.is(sequence, ClaimState.OFFERED)).isTrue();
            assertThat(calls).isEmpty();
            server.read();
            lane.await(sequence, ClaimState.CLAIMED);
            assertThat(calls.take()).isEqualTo("read");
            assertThat(calls.take()).isEqualTo("complete");
            Eventually.eventually("wants nothing after the batch", () -> !lane.page.wants());
            assertThat(client.echo("hello")).isEqualTo("hello");
        }
    }

    @Test
    void eachReadBringsOneBatchAndOneReadComplete() throws Exception {
        ClusterServerSocketChannel server = fixture.bind(
                fixture.bootstrap().option(ChannelOption.AUTO_READ, false).handler(new Calls()));
        FakeLane lane = fixture.master.lane();
        for (int i = 0; i < FakeMaster.WINDOW; i++) {
            try (WorkerFixture.Client client = fixture.client()) {
                assertThat(client.socket.isConnected()).isTrue();
                lane.offer(fixture.master.accept());
            }
        }
        for (int i = 0; i < FakeMaster.WINDOW; i++) {
            server.read();
            assertThat(calls.take()).isEqualTo("read");
            assertThat(calls.take()).isEqualTo("complete");
            loopTurns(server);
            assertThat(calls).isEmpty();
        }
    }

    @Test
    void readAskedForBeforeTheBindIsServed() throws Exception {
        ClusterServerSocketChannel server = fixture.bind(fixture.bootstrap().option(ChannelOption.AUTO_READ, false));
        server.read();
        FakeLane lane = fixture.master.lane();
        Eventually.eventually("wants", lane.page::wants);
    }

    @Test
    void pausingInsideABatchStopsIt() throws Exception {
        AtomicInteger delivered = new AtomicInteger();
        ClusterServerSocketChannel server = fixture.bind(
                fixture.bootstrap().option(ChannelOption.AUTO_READ, false).handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        delivered.incrementAndGet();
                        ctx.channel().config().setAutoRead(false);
                        ctx.fireChannelRead(message);
                    }
                }));
        FakeLane lane = fixture.master.lane();
        for (int i = 0; i < FakeMaster.WINDOW; i++) {
            try (WorkerFixture.Client client = fixture.client()) {
                assertThat(client.socket.isConnected()).isTrue();
                lane.offer(fixture.master.accept());
            }
        }
        for (int i = 1; i <= FakeMaster.WINDOW; i++) {
            int count = i;
            server.config().setAutoRead(true);
            Eventually.eventually(count + " delivered", () -> delivered.get() == count);
            loopTurns(server);
            assertThat(delivered).hasValue(count);
        }
    }

    @Test
    void closingTheServerInsideABatchClosesNoForeignSocket() throws Exception {
        ClusterServerSocketChannel server = fixture.bind(
                fixture.bootstrap().option(ChannelOption.AUTO_READ, false).handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        ctx.channel().close();
                        ctx.fireChannelRead(message);
                    }
                }));
        FakeLane lane = fixture.master.lane();
        FakeMaster.Accepted[] accepted = new FakeMaster.Accepted[FakeMaster.WINDOW];
        for (int i = 0; i < accepted.length; i++) {
            WorkerFixture.Client client = fixture.client();
            accepted[i] = fixture.master.accept();
            lane.offer(accepted[i]);
            assertThat(client.socket.isConnected()).isTrue();
        }
        server.config().setAutoRead(true);
        WorkerFixture.await(server);
        lane.await(0, ClaimState.CLAIMED);
        WorkerFixture.await(lane.channel());
        assertThat(lane.page.adopted()).isEqualTo(1);
    }

    // The lane's fd is readable or not by now, so one turn of the loop shows whether it is read.
    private static void loopTurns(ClusterServerSocketChannel server) throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            server.eventLoop().submit(() -> {}).sync();
        }
    }

    private final class Calls extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            calls.add("read");
            ctx.fireChannelRead(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            calls.add("complete");
            ctx.fireChannelReadComplete();
        }
    }
}
