package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.SocketException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenFailed;
import org.nettycluster.protocol.Unlisten;

/** What a client sees of a close while another process still holds a copy of the socket. */
@Timeout(60)
final class ClosingTest {
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
    void clientSeesTheEndAlthoughTheMasterHasNotSettled() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            client.say("bye");
            assertThat(client.read()).isEqualTo(-1);
            assertThat(lane.page.unsettled(sequence)).isTrue();
        }
    }

    @Test
    void movedConnectionEndsAlthoughAStaleCopyLives() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept(), ClaimState.OFFERED_AGAIN);
            lane.await(sequence, ClaimState.CLAIMED);
            // Settled, but the dup plays the stale copy in a stalled worker's pipe.
            lane.page.settled(sequence);
            client.say("bye");
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @Test
    void movedConnectionEndsWhenTheClientHalfCloses() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept(), ClaimState.OFFERED_AGAIN);
            lane.await(sequence, ClaimState.CLAIMED);
            lane.page.settled(sequence);
            SocketChannel child = fixture.child();
            assertThat(client.echo("hello")).isEqualTo("hello");
            client.socket.shutdownOutput();
            assertThat(client.read()).isEqualTo(-1);
            WorkerFixture.await(child);
            assertThat(fixture.events)
                    .doesNotContain(ChannelInputShutdownEvent.INSTANCE, ChannelInputShutdownReadComplete.INSTANCE);
        }
    }

    @Test
    void movedConnectionStaysHalfOpenForAnApplicationThatAskedForIt() throws Exception {
        fixture.bind(fixture.bootstrap().childOption(ChannelOption.ALLOW_HALF_CLOSURE, true));
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept(), ClaimState.OFFERED_AGAIN);
            lane.await(sequence, ClaimState.CLAIMED);
            SocketChannel child = fixture.child();
            client.socket.shutdownOutput();
            assertThat(fixture.events.take()).isSameAs(ChannelInputShutdownEvent.INSTANCE);
            assertThat(child.isOpen()).isTrue();
            child.close().sync();
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @Test
    void clientHalfCloseOfAnUnsettledConnectionRingsTheMaster() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            SocketChannel child = fixture.child();
            assertThat(client.echo("hello")).isEqualTo("hello");
            int rings = lane.rings.get();
            client.socket.shutdownOutput();
            WorkerFixture.await(child);
            lane.awaitRingAfter(rings);
            lane.settle(sequence);
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @Test
    void lingerZeroResetsAlthoughTheMasterHoldsItsDup() throws Exception {
        fixture.bind(fixture.bootstrap().childOption(ChannelOption.SO_LINGER, 0));
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            client.say("bye");
            assertThatThrownBy(client::read).isInstanceOf(SocketException.class).hasMessageContaining("reset");
            assertThat(lane.page.unsettled(sequence)).isTrue();
        }
    }

    @Test
    void settledConnectionIsClosedByItsLastHolder() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            lane.settle(sequence);
            client.say("bye");
            assertThat(client.read()).isEqualTo(-1);
            Eventually.eventually("closed", () -> lane.page.closed() == 1);
        }
    }

    @Test
    void connectionClosedBeforeItsRegistrationIsNotOfferedAgain() throws Exception {
        ClusterServerSocketChannel server = fixture.bind(fixture.bootstrap().handler(new CloseForcibly()));
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            Eventually.eventually("counted", () -> lane.page.adopted() == 1 && lane.page.closed() == 1);
            lane.settle(sequence);
            assertThat(client.read()).isEqualTo(-1);
            Eventually.eventually("forgotten", () -> server.children().isEmpty());
        }
    }

    @Test
    void connectionThatEndedLoopsRefuseIsOfferedElsewhere() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        fixture.children.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.REFUSED);
            WorkerFixture.await(server);
            assertThat(server.children()).isEmpty();
            assertThat(client.socket.isConnected()).isTrue();
        }
    }

    @Test
    void connectionClosedForciblyAndStillRegisteredIsNotOfferedAgain() throws Exception {
        ClusterServerSocketChannel server =
                fixture.bind(fixture.bootstrap().handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        ((SocketChannel) message).unsafe().closeForcibly();
                        ctx.fireChannelRead(message);
                    }
                }));
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            lane.settle(sequence);
            assertThat(client.read()).isEqualTo(-1);
            Eventually.eventually("forgotten", () -> server.children().isEmpty());
        }
    }

    @Test
    void workerThatClosesLeavesItsListenersThoughTheirLoopIsBusy() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        CountDownLatch free = new CountDownLatch(1);
        fixture.boss.execute(() -> await(free));
        try {
            fixture.worker.close();
            assertThat(fixture.master.next(Unlisten.class).listener()).isEqualTo(lane.listener);
        } finally {
            free.countDown();
        }
    }

    @Test
    void workerThatClosesStillSaysWhatItWasToSayBefore() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        fixture.master.answer = FakeMaster.Answer.NOTHING;
        CompletableFuture<?> refused = fixture.worker
                .link()
                .listen(server, WorkerFixture.loopback(0), Map.of())
                .whenComplete((listening, failure) -> {
                    held.countDown();
                    await(free);
                });
        Listen asked = fixture.master.next(Listen.class);
        while (asked.request() == 0) {
            // That one was the bind's.
            asked = fixture.master.next(Listen.class);
        }
        // Not before: an answer that is there already would be told on this thread, and not on the control loop.
        fixture.master.say(new ListenFailed(asked.request(), 98, "Address already in use"));
        held.await();
        server.close().sync();
        fixture.worker.close();
        free.countDown();
        assertThat(fixture.master.next(Unlisten.class).listener()).isEqualTo(lane.listener);
        assertThat(refused).isCompletedExceptionally();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
