package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Message;
import org.nettycluster.protocol.PassedMessage;
import org.nettycluster.protocol.PassingNews;
import org.nettycluster.protocol.PassingNews.Word;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.MessageException;
import org.nettycluster.protocol.messages.MessageException.Reason;
import org.nettycluster.protocol.passing.PassedConnection;

@Timeout(60)
final class PassingTest {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private WorkerFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new WorkerFixture();
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    private static PassedMessage passed(int number, String text) {
        return new PassedMessage(number, ClusterMessage.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Message plain(String text) {
        return new Message(ClusterMessage.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The passing lane, once it was asked for. */
    private FakeLane lane() throws InterruptedException {
        fixture.master.say(PassingNews.of(Word.OPEN));
        FakeLane lane = fixture.master.lane();
        assertThat(lane.listener).isEqualTo(LaneHello.PASSING);
        return lane;
    }

    private PassingNews news() throws InterruptedException {
        return fixture.master.next(PassingNews.class);
    }

    private String heard() throws InterruptedException {
        return String.valueOf(heard.poll(10, TimeUnit.SECONDS));
    }

    private static Reason reason(CompletionStage<Void> sent) throws Exception {
        try {
            sent.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return ((MessageException) e.getCause()).reason();
        }
        throw new AssertionError("it succeeded");
    }

    /** Down the lane, and closed here: what the worker has is the only copy. */
    private void pass(FakeLane lane) throws IOException {
        FakeMaster.Accepted accepted = fixture.master.accept();
        lane.send(accepted);
        FakeMaster.close(accepted);
    }

    @Test
    void whatNoHandlerClaimsIsClosedAndMakesRoomForAnother() throws Exception {
        fixture.worker.onMessage(message -> heard.add(message.text()));
        FakeLane lane = lane();
        try (WorkerFixture.Client client = fixture.client()) {
            FakeMaster.Accepted accepted = fixture.master.accept();
            lane.send(accepted);
            fixture.master.say(passed(0, "take it"));
            assertThat(heard()).isEqualTo("take it");
            // While the sender still has its copy.
            assertThat(client.read()).isEqualTo(-1);
            FakeMaster.close(accepted);
            assertThat(news()).isEqualTo(new PassingNews(Word.TAKEN, 0));
            assertThat(news()).isEqualTo(new PassingNews(Word.HANDLED, 0));
        }
    }

    @Test
    void aMessageWaitsForItsConnectionAndWhatIsBehindItWaitsToo() throws Exception {
        CompletableFuture<SocketChannel> adopted = new CompletableFuture<>();
        fixture.worker.onMessage(message -> {
            heard.add(message.text());
            message.connection()
                    .ifPresent(connection ->
                            connection.adopt(fixture.children, new Greeting()).thenAccept(adopted::complete));
        });
        FakeLane lane = lane();
        try (WorkerFixture.Client client = fixture.client()) {
            fixture.master.say(passed(0, "first"));
            fixture.master.say(plain("second"));
            // Its answer comes from the loop that has read both.
            fixture.bind();
            assertThat(heard).isEmpty();
            FakeMaster.Accepted accepted = fixture.master.accept();
            lane.send(accepted);
            assertThat(heard()).isEqualTo("first");
            assertThat(heard()).isEqualTo("second");
            assertThat(client.read()).isEqualTo('!');
            // The client hears of it, though the sender still has its copy.
            adopted.get(10, TimeUnit.SECONDS).close();
            assertThat(client.read()).isEqualTo(-1);
            FakeMaster.close(accepted);
        }
    }

    private static final class Greeting extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(io.netty.channel.ChannelHandlerContext ctx) {
            ctx.writeAndFlush(Unpooled.copiedBuffer("!", StandardCharsets.US_ASCII));
        }
    }

    @SuppressWarnings("deprecation") // The one that both lines of Netty have.
    private static EventLoopGroup strangers() {
        return new DefaultEventLoopGroup(1);
    }

    @Test
    void aConnectionIsClaimedOnceAndOnlyOnLoopsOfEpoll() throws Exception {
        CompletableFuture<PassedConnection> arrived = new CompletableFuture<>();
        EventLoopGroup strangers = strangers();
        try {
            CompletableFuture<CompletionStage<SocketChannel>> adopted = new CompletableFuture<>();
            fixture.worker.onMessage(message -> {
                PassedConnection connection = message.connection().orElseThrow();
                adopted.complete(connection.adopt(strangers, new Greeting()));
                arrived.complete(connection);
            });
            FakeLane lane = lane();
            try (WorkerFixture.Client client = fixture.client()) {
                pass(lane);
                fixture.master.say(passed(0, "take it"));
                assertThatThrownBy(() -> adopted.get(10, TimeUnit.SECONDS)
                                .toCompletableFuture()
                                .get(10, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(IllegalStateException.class);
                assertThat(client.read()).isEqualTo(-1);
                assertThatThrownBy(() -> arrived.get(10, TimeUnit.SECONDS).adopt(fixture.children, new Greeting()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("was claimed or closed before");
            }
        } finally {
            strangers.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        }
    }

    @Test
    void moreThanAWindowOfConnectionsEndsTheLaneAndNothingElse() throws Exception {
        FakeLane lane = lane();
        FakeMaster.Accepted accepted;
        try (WorkerFixture.Client client = fixture.client()) {
            accepted = fixture.master.accept();
            for (int i = 0; i < 17; i++) {
                lane.send(accepted);
            }
            WorkerFixture.await(lane.channel());
            // Without a connection, for there will be none.
            fixture.master.say(passed(17, "too late"));
            assertThat(news()).isEqualTo(new PassingNews(Word.LOST, 17));
            assertThat(fixture.worker.isConnected()).isTrue();
            assertThat(client.socket.isConnected()).isTrue();
        }
        FakeMaster.close(accepted);
    }

    /** A server of the program's own, whose connections are put here unread. */
    private BlockingQueue<SocketChannel> serve(CompletableFuture<InetSocketAddress> address) {
        BlockingQueue<SocketChannel> accepted = new LinkedBlockingQueue<>();
        Channel server = new ServerBootstrap()
                .group(fixture.children)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new Greeting());
                        accepted.add(channel);
                    }
                })
                .bind(WorkerFixture.loopback(0))
                .syncUninterruptibly()
                .channel();
        address.complete((InetSocketAddress) server.localAddress());
        return accepted;
    }

    @Test
    void aChannelWithBytesToWriteIsRefusedAndLeftAsItWas() throws Exception {
        CompletableFuture<InetSocketAddress> address = new CompletableFuture<>();
        BlockingQueue<SocketChannel> accepted = serve(address);
        try (WorkerFixture.Client client = new WorkerFixture.Client(address.join())) {
            SocketChannel channel = accepted.take();
            assertThat(client.read()).isEqualTo('!');
            var written = channel.write(Unpooled.copiedBuffer("?", StandardCharsets.US_ASCII));
            assertThat(reason(fixture.worker.send(ClusterMessage.text("no"), channel)))
                    .isEqualTo(Reason.NOT_PASSABLE);
            assertThat(channel.isOpen()).isTrue();
            channel.flush();
            assertThat(written.awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.read()).isEqualTo('?');
        }
    }

    @Test
    void aMasterThatTakesNoConnectionsIsToldOfAndTheClientIsLetGo() throws Exception {
        CompletableFuture<InetSocketAddress> address = new CompletableFuture<>();
        BlockingQueue<SocketChannel> accepted = serve(address);
        try (WorkerFixture.Client client = new WorkerFixture.Client(address.join())) {
            SocketChannel channel = accepted.take();
            assertThat(client.read()).isEqualTo('!');
            CompletionStage<Void> sent = fixture.worker.send(ClusterMessage.text("hello"), channel);
            // As an older one, which was never asked for such a lane.
            fixture.master.lane().channel().close();
            assertThat(reason(sent)).isEqualTo(Reason.GONE);
            assertThat(channel.isOpen()).isFalse();
            assertThat(client.read()).isEqualTo(-1);
        }
        try (WorkerFixture.Client client = new WorkerFixture.Client(address.join())) {
            SocketChannel channel = accepted.take();
            assertThat(reason(fixture.worker.send(ClusterMessage.text("hello"), channel)))
                    .isEqualTo(Reason.NOT_CONNECTED);
            assertThat(channel.isOpen()).isTrue();
            channel.close();
            assertThat(client.read()).isEqualTo('!');
            assertThat(client.read()).isEqualTo(-1);
        }
        // Messages go on.
        fixture.worker.send(ClusterMessage.text("hello")).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aChildThatIsPassedLeavesTheCountAndIsNotShutDown() throws Exception {
        ClusterServerSocketChannel server = fixture.bind(fixture.bootstrap()
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        fixture.worker.send(ClusterMessage.text("yours"), channel);
                    }
                }));
        FakeLane lane = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            client.say("unread");
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            FakeLane passing = fixture.master.lane();
            assertThat(passing.listener).isEqualTo(LaneHello.PASSING);
            fixture.master.say(PassingNews.of(Word.READY));
            assertThat(fixture.master.next(PassedMessage.class)).isEqualTo(passed(0, "yours"));
            assertThat(lane.page.closed()).isZero();
            fixture.master.say(new PassingNews(Word.TAKEN, 0));
            Eventually.eventually("it has left the count", () -> lane.page.closed() == 1);
            Eventually.eventually("and the server", () -> server.children().isEmpty());
            // The dup of the fake master is as good as a copy that was passed.
            client.socket.setSoTimeout(100);
            assertThatThrownBy(client::read).isInstanceOf(java.net.SocketTimeoutException.class);
            lane.settle(sequence);
        }
    }
}
