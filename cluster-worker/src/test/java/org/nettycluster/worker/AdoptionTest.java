package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.ClaimState;

@Timeout(60)
final class AdoptionTest {
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
    void connectionIsServedByTheWorkerAlone() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            lane.settle(sequence);
            assertThat(client.echo("hello")).isEqualTo("hello");
            assertThat(lane.page.adopted()).isEqualTo(1);
        }
        Eventually.eventually("closed is counted", () -> lane.page.closed() == 1);
    }

    @Test
    void childIsAnEpollChannelWithParentAndAddresses() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            lane.offer(fixture.master.accept());
            SocketChannel child = fixture.child();
            assertThat(child).isInstanceOf(EpollSocketChannel.class);
            assertThat(child.parent()).isSameAs(server);
            assertThat(child.remoteAddress()).isEqualTo(client.address());
            assertThat(child.localAddress()).isEqualTo(fixture.master.address());
            assertThat(child.pipeline().names()).first().isEqualTo(ClaimGate.NAME);
        }
    }

    @Test
    void connectionsBeyondTheWindowAreNumberedOn() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        for (int i = 0; i < 3 * FakeMaster.WINDOW; i++) {
            try (WorkerFixture.Client client = fixture.client()) {
                long sequence = lane.offer(fixture.master.accept());
                lane.await(sequence, ClaimState.CLAIMED);
                lane.settle(sequence);
                assertThat(client.echo("x" + i)).isEqualTo("x" + i);
            }
        }
    }

    @Test
    void claimRingsWhenTheMasterAskedForIt() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        Eventually.eventually("wants", lane.page::wants);
        try (WorkerFixture.Client client = fixture.client()) {
            lane.awaitRingAfter(0);
            int before = lane.rings.get();
            lane.page.armBell();
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            lane.awaitRingAfter(before);
            assertThat(client.echo("hello")).isEqualTo("hello");
        }
    }

    @Test
    void connectionRevokedInThePipeIsGivenBackUntouched() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            FakeMaster.Accepted accepted = fixture.master.accept();
            long sequence = lane.mark(accepted, ClaimState.OFFERED);
            assertThat(lane.revoke(sequence)).isTrue();
            lane.send(accepted);
            lane.await(sequence, ClaimState.RETURNED);
            Eventually.eventually("counted", () -> lane.page.returned() == 1);
            assertThat(fixture.initialised).isEmpty();
            assertServedElsewhere(lane, accepted, client);
        }
    }

    @Test
    void connectionRevokedBeforeItsLoopRanIsNeverSeenByTheApplication() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        fixture.children.execute(() -> {
            blocked.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        blocked.await();
        try (WorkerFixture.Client client = fixture.client()) {
            FakeMaster.Accepted accepted = fixture.master.accept();
            long sequence = lane.offer(accepted);
            int rings = lane.rings.get();
            assertThat(lane.revoke(sequence)).isTrue();
            release.countDown();
            lane.await(sequence, ClaimState.RETURNED);
            lane.awaitRingAfter(rings);
            assertThat(fixture.initialised).isEmpty();
            assertThat(lane.page.adopted()).isZero();
            assertServedElsewhere(lane, accepted, client);
        } finally {
            release.countDown();
        }
    }

    @Test
    void connectionClosedForciblyBeforeItsLoopRanIsSettled() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        ServerBootstrap bootstrap = fixture.bootstrap().handler(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ctx.fireChannelRead(message);
                ((SocketChannel) message).unsafe().closeForcibly();
                release.countDown();
            }
        });
        ClusterServerSocketChannel server = fixture.bind(bootstrap);
        FakeLane lane = fixture.master.lane();
        fixture.children.execute(() -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            lane.settle(sequence);
            assertThat(client.read()).isEqualTo(-1);
            assertThat(lane.page.closed()).isEqualTo(1);
            assertThat(fixture.initialised).isEmpty();
            Eventually.eventually("forgotten", () -> server.children().isEmpty());
        }
    }

    @Test
    void lostDescriptorIsRefusedAndTheWorkerWantsAgain() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        Eventually.eventually("wants", lane.page::wants);
        try (WorkerFixture.Client client = fixture.client()) {
            FakeMaster.Accepted accepted = fixture.master.accept();
            long sequence = lane.mark(accepted, ClaimState.OFFERED);
            server.eventLoop()
                    .submit(() -> {
                        server.lane().messageLost(new IOException("a test lost it"));
                        assertThat(lane.page.wants()).isFalse();
                    })
                    .sync();
            assertThat(lane.is(sequence, ClaimState.REFUSED)).isTrue();
            Eventually.eventually("wants again", lane.page::wants);
            // The counts still agree: the next message is the next cell's, and its peer is compared.
            long second = lane.offer(accepted);
            lane.await(second, ClaimState.CLAIMED);
            assertThat(client.echo("hello")).isEqualTo("hello");
        }
    }

    @Test
    void connectionOfSomebodyElseEndsTheLane() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        Eventually.eventually("wants", lane.page::wants);
        try (WorkerFixture.Client one = fixture.client();
                WorkerFixture.Client two = fixture.client()) {
            FakeMaster.Accepted first = fixture.master.accept();
            FakeMaster.Accepted second = fixture.master.accept();
            // The worker thinks that it has lost a message; the master has sent none.
            long lost = lane.mark(first, ClaimState.OFFERED);
            server.eventLoop()
                    .submit(() -> server.lane().messageLost(new IOException("a test lost it")))
                    .sync();
            lane.await(lost, ClaimState.REFUSED);
            lane.mark(first, ClaimState.OFFERED);
            lane.send(second);
            WorkerFixture.await(server);
            assertThat(fixture.initialised).isEmpty();
            assertThat(one.socket.isConnected() && two.socket.isConnected()).isTrue();
        }
    }

    @Test
    void oneLoopForTheServerAndItsChildrenSuffices() throws Exception {
        fixture.bind(fixture.bootstrap(fixture.boss, fixture.boss));
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            lane.settle(sequence);
            assertThat(client.echo("hello")).isEqualTo("hello");
        }
    }

    @Test
    void childWithoutThePrivateConstructorBehavesTheSame() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        try (WorkerFixture.Client client = fixture.client()) {
            FakeMaster.Accepted accepted = fixture.master.accept();
            ClusterSocketChannel child =
                    new ClusterSocketChannel(server, LinuxSocket.newSocket(accepted.fd()), client.address());
            assertThat(child.parent()).isSameAs(server);
            assertThat(child.remoteAddress()).isEqualTo(client.address());
            assertThat(child.localAddress()).isEqualTo(fixture.master.address());
            assertThat(child.config().setOption(ChannelOption.SO_KEEPALIVE, true))
                    .isTrue();
            assertThat(child.config().getOptions())
                    .containsEntry(ChannelOption.SO_KEEPALIVE, true)
                    .containsEntry(ChannelOption.TCP_NODELAY, true)
                    .containsEntry(ChannelOption.SO_LINGER, -1);
            server.eventLoop().submit(() -> server.pipeline().fireChannelRead(child));
            assertThat(client.echo("hello")).isEqualTo("hello");
            client.say("bye");
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @Test
    void messageWithoutAnOfferEndsTheLane() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            lane.send(fixture.master.accept());
            WorkerFixture.await(server);
            assertThat(fixture.initialised).isEmpty();
            assertThat(client.socket.isConnected()).isTrue();
        }
    }

    @Test
    void peerThatIsGoneAlreadyIsClaimed() throws Exception {
        fixture.bind();
        FakeLane lane = fixture.master.lane();
        FakeMaster.Accepted accepted;
        try (WorkerFixture.Client client = fixture.client()) {
            accepted = fixture.master.accept();
            client.socket.setSoLinger(true, 0);
        }
        long sequence = lane.offer(accepted);
        lane.await(sequence, ClaimState.CLAIMED);
        Eventually.eventually("closed", () -> lane.page.closed() == 1);
    }

    private void assertServedElsewhere(FakeLane lane, FakeMaster.Accepted accepted, WorkerFixture.Client client)
            throws IOException {
        long again = lane.offer(accepted, ClaimState.OFFERED_AGAIN);
        lane.await(again, ClaimState.CLAIMED);
        assertThat(client.echo("hello")).isEqualTo("hello");
    }
}
