package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.PassedMessage;
import org.nettycluster.protocol.PassingNews;
import org.nettycluster.protocol.TurnPage;
import org.nettycluster.protocol.messages.ClusterMessage;

/** A worker that accepts for itself; the master is worked by hand. */
@Timeout(60)
class SharedLaneTest {
    private WorkerFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new WorkerFixture();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private Channel bind() {
        return fixture.bootstrap()
                .option(ClusterChannelOption.SHARED, true)
                .bind(WorkerFixture.loopback(0))
                .syncUninterruptibly()
                .channel();
    }

    private FakeLane share() throws Exception {
        FakeLane lane = fixture.master.lane();
        assertThat(lane.page.wants()).isFalse();
        fixture.master.share(lane);
        Eventually.eventually("wants", lane.page::wants);
        return lane;
    }

    private TurnPage turns() {
        TurnPage turns = fixture.master.turns;
        if (turns == null) {
            throw new AssertionError("nothing is shared");
        }
        return turns;
    }

    @Test
    void whatItAcceptsIsCountedWhereTheMasterLooks() throws Exception {
        Channel server = bind();
        FakeLane lane = share();
        try (WorkerFixture.Client client = fixture.client()) {
            assertThat(client.echo("hello")).isEqualTo("hello");
            SocketChannel child = fixture.child();
            assertThat((Object) child.parent()).isSameAs(server);
            assertThat(child.remoteAddress()).isEqualTo(client.address());
            assertThat(lane.page.adopted()).isEqualTo(1);
            assertThat(turns().open(0)).isEqualTo(1);
            assertThat(turns().word(0)).isEqualTo(1 << 1 | 1);
        }
        Eventually.eventually("closed", () -> lane.page.closed() == 1 && turns().open(0) == 0);
    }

    @Test
    void whoIsHeldAcceptsNothingUntilItIsToldOtherwise() throws Exception {
        bind();
        FakeLane lane = share();
        turns().hold(0, true);
        fixture.master.share(lane);
        Eventually.eventually("held", () -> !lane.page.wants());
        assertThat(TurnPage.wants(turns().word(0))).isFalse();
        try (WorkerFixture.Client client = fixture.client()) {
            client.say("x");
            FakeMaster.Accepted accepted = fixture.master.accept();
            FakeMaster.close(accepted);
            assertThat(lane.page.adopted()).isZero();
        }
        turns().hold(0, false);
        fixture.master.share(lane);
        try (WorkerFixture.Client client = fixture.client()) {
            assertThat(client.echo("again")).isEqualTo("again");
        }
    }

    @Test
    void atItsLimitItLeavesClientsInTheBacklogAndSaysSo() throws Exception {
        fixture.master.limit = 1;
        bind();
        FakeLane lane = share();
        WorkerFixture.Client first = fixture.client();
        assertThat(first.echo("one")).isEqualTo("one");
        Eventually.eventually("wants nothing", () -> !lane.page.wants());
        try (WorkerFixture.Client second = fixture.client()) {
            second.say("x");
            assertThat(lane.page.adopted()).isEqualTo(1);
            first.close();
            assertThat(second.socket.getInputStream().read()).isEqualTo('x');
        }
    }

    @Test
    void whatIsPassedToItsServerTakesNoPlace() throws Exception {
        fixture.master.limit = 1;
        ServerSocketChannel server = (ServerSocketChannel) bind();
        fixture.worker.onMessage(message -> message.connection().ifPresent(connection -> connection.insert(server)));
        FakeLane lane = share();
        turns().hold(0, true);
        fixture.master.share(lane);
        Eventually.eventually("held", () -> !lane.page.wants());
        fixture.master.say(PassingNews.of(PassingNews.Word.OPEN));
        FakeLane passing = fixture.master.lane();
        try (WorkerFixture.Client passed = fixture.client()) {
            FakeMaster.Accepted accepted = fixture.master.accept();
            passing.send(accepted);
            FakeMaster.close(accepted);
            fixture.master.say(new PassedMessage(0, ClusterMessage.TEXT, new byte[0]));
            assertThat(passed.echo("passed")).isEqualTo("passed");
            turns().hold(0, false);
            fixture.master.share(lane);
            try (WorkerFixture.Client accepts = fixture.client()) {
                assertThat(accepts.echo("accepted")).isEqualTo("accepted");
            }
        }
    }

    @Test
    void ofOneListenerItHasAtMostWhatItsBindSays() throws Exception {
        fixture.bootstrap()
                .option(ClusterChannelOption.SHARED, true)
                .option(ClusterChannelOption.MAX_CONNECTIONS, 1)
                .bind(WorkerFixture.loopback(0))
                .sync();
        FakeLane lane = share();
        WorkerFixture.Client first = fixture.client();
        assertThat(first.echo("one")).isEqualTo("one");
        Eventually.eventually("wants nothing", () -> !lane.page.wants());
        try (WorkerFixture.Client second = fixture.client()) {
            second.say("x");
            assertThat(lane.page.adopted()).isEqualTo(1);
            first.close();
            assertThat(second.read()).isEqualTo('x');
        }
    }

    @Test
    void whatComesToALoopThatEndsIsClosed() throws Exception {
        CountDownLatch ending = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Channel server = fixture.bootstrap()
                .option(ClusterChannelOption.SHARED, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        fixture.initialised.add(channel);
                        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelInactive(ChannelHandlerContext ctx) throws InterruptedException {
                                // What is queued from here on runs when the loop has begun to end.
                                ending.countDown();
                                release.await();
                            }
                        });
                    }
                })
                .bind(WorkerFixture.loopback(0))
                .sync()
                .channel();
        FakeLane lane = share();
        try (WorkerFixture.Client first = fixture.client();
                WorkerFixture.Client second = new WorkerFixture.Client(endsAfter(first, ending))) {
            Eventually.eventually("accepted", () -> lane.page.adopted() == 2);
            server.eventLoop().submit(() -> {}).sync();
            release.countDown();
            assertThat(second.read()).isEqualTo(-1);
            Eventually.eventually("counted", () -> lane.page.closed() == 2);
            assertThat(fixture.initialised).isEmpty();
        }
    }

    /** Where the next client goes, once the children's loop is about to end: it is inside a handler until then. */
    private InetSocketAddress endsAfter(WorkerFixture.Client first, CountDownLatch ending) throws Exception {
        assertThat(fixture.child().remoteAddress()).isEqualTo(first.address());
        first.close();
        assertThat(ending.await(10, TimeUnit.SECONDS)).isTrue();
        fixture.children.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        return fixture.master.address();
    }

    @Test
    void whatIsInTheBacklogOfADeadMasterIsServed() throws Exception {
        Channel server = bind();
        share();
        CountDownLatch release = new CountDownLatch(1);
        server.eventLoop().execute(() -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        List<WorkerFixture.Client> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(fixture.client());
        }
        fixture.master.die();
        release.countDown();
        for (WorkerFixture.Client client : clients) {
            assertThat(client.echo("hello")).isEqualTo("hello");
            client.close();
        }
        WorkerFixture.await(server);
    }

    @Test
    void whoClosesLeavesTheSocketToOthers() throws Exception {
        Channel server = bind();
        share();
        server.close().sync();
        try (WorkerFixture.Client client = fixture.client()) {
            FakeMaster.Accepted accepted = fixture.master.accept();
            FakeMaster.close(accepted);
            assertThat(client.read()).isEqualTo(-1);
        }
    }
}
