package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Drained;

@Timeout(60)
final class DrainTest {
    private static final long LONG = 60_000;

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
    void runningConnectionEndsInPeaceAndTheServerStaysOpenForIt() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            lane.settle(sequence);
            assertThat(client.echo("hello")).isEqualTo("hello");

            fixture.master.say(new Drain(LONG));
            fixture.worker.draining().toCompletableFuture().get(10, TimeUnit.SECONDS);
            WorkerFixture.await(lane.channel());
            assertThat(fixture.events.poll(10, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            ClusterDraining.class,
                            event -> assertThat(event.deadline())
                                    .isLessThanOrEqualTo(Duration.ofMillis(LONG))
                                    .isGreaterThan(Duration.ofMillis(LONG / 2)));
            assertThat(server.isActive()).isTrue();
            assertThat(client.echo("still here")).isEqualTo("still here");
            assertThat(fixture.master.frames).noneMatch(Drained.class::isInstance);
            client.say("bye");
            assertThat(client.read()).isEqualTo(-1);
        }
        fixture.master.next(Drained.class);
        WorkerFixture.await(server);
    }

    @Test
    void handlerThatHoldsACloseBackDoesNotOutliveTheDeadline() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            lane.await(lane.offer(fixture.master.accept()), ClaimState.CLAIMED);
            fixture.child().pipeline().addLast(new ChannelOutboundHandlerAdapter() {
                @Override
                public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
                    // Waits for something that never comes, as HTTP/2 may for a stream.
                }
            });
            fixture.master.say(new Drain(200));
            assertThat(client.read()).isEqualTo(-1);
        }
        assertThat(fixture.master.next(Drained.class).forced()).isEqualTo(1);
        WorkerFixture.await(server);
    }

    @Test
    void idleWorkerIsDrainedAtOnce() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        fixture.master.lane();
        fixture.master.say(new Drain(LONG));
        assertThat(fixture.master.next(Drained.class).forced()).isZero();
        WorkerFixture.await(server);
    }

    @Test
    void childrenAreToldHowLongTheyMayIdle() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            lane.await(lane.offer(fixture.master.accept()), ClaimState.CLAIMED);
            SocketChannel child = fixture.child();
            assertThat(ClusterDraining.of(child)).isEmpty();
            fixture.master.say(new Drain(LONG, 1234));
            Object event = fixture.events.poll(10, TimeUnit.SECONDS);
            assertThat(event)
                    .isInstanceOfSatisfying(
                            ClusterDraining.class,
                            told -> assertThat(told.idle()).hasMillis(1234));
            assertThat(ClusterDraining.of(child))
                    .as("for handlers that come later")
                    .contains((ClusterDraining) event);
            client.say("bye");
        }
        fixture.master.next(Drained.class);
    }

    @Test
    void workerWithoutAServerIsDrainedAtOnce() throws Exception {
        fixture.master.say(new Drain(LONG));
        fixture.master.next(Drained.class);
        assertThatThrownBy(() ->
                        fixture.bootstrap().bind(WorkerFixture.loopback(0)).sync())
                .isInstanceOf(BindException.class)
                .hasMessageContaining("draining");
    }

    @Test
    void deadlineClosesWhatIsStillOpen() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            SocketChannel child = fixture.child();
            fixture.master.say(new Drain(50));
            assertThat(fixture.master.next(Drained.class).forced()).isEqualTo(1);
            assertThat(client.read()).isEqualTo(-1);
            WorkerFixture.await(child);
            WorkerFixture.await(server);
        }
    }

    @Test
    void hooksAreWaitedFor() throws Exception {
        CompletableFuture<Void> flushed = new CompletableFuture<>();
        CountDownLatch called = new CountDownLatch(1);
        fixture.worker.onDrain(() -> {
            called.countDown();
            return flushed;
        });
        fixture.worker.onDrain(() -> {
            throw new IllegalStateException("a test's hook fails");
        });
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        fixture.master.say(new Drain(LONG));
        assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
        WorkerFixture.await(lane.channel());
        assertThat(server.isActive()).isTrue();
        assertThat(fixture.master.frames).noneMatch(Drained.class::isInstance);
        flushed.complete(null);
        fixture.master.next(Drained.class);
        WorkerFixture.await(server);
    }

    @Test
    void orphanServesWhatItHasReceivedAndEnds() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        fixture.boss.execute(() -> {
            blocked.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        blocked.await();
        try (WorkerFixture.Client one = fixture.client();
                WorkerFixture.Client two = fixture.client()) {
            lane.offer(fixture.master.accept());
            lane.offer(fixture.master.accept());
            fixture.master.die();
            release.countDown();
            fixture.worker.draining().toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertThat(one.echo("one")).isEqualTo("one");
            assertThat(two.echo("two")).isEqualTo("two");
            assertThat(fixture.events.poll(10, TimeUnit.SECONDS)).isInstanceOf(ClusterDraining.class);
            assertThat(fixture.events.poll(10, TimeUnit.SECONDS)).isInstanceOf(ClusterDraining.class);
            assertThat(fixture.events).isEmpty();
            assertThat(server.isActive()).isTrue();
            one.say("bye");
            two.say("bye");
            assertThat(one.read()).isEqualTo(-1);
            assertThat(two.read()).isEqualTo(-1);
        }
        WorkerFixture.await(server);
    }

    @Test
    void orphanWithoutConnectionsEnds() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        fixture.master.lane();
        fixture.master.die();
        WorkerFixture.await(server);
    }

    @Test
    void closedWorkerLeavesNothingOpen() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        fixture.worker.close();
        WorkerFixture.await(server);
        WorkerFixture.await(lane.channel());
    }
}
