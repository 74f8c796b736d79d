package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.ListenUnix;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.Unlisten;

/** Server channels at a path: the bind, the children and how they end. The master's part is the test's. */
@Timeout(60)
final class DomainSocketTest {
    @TempDir
    private Path directory;

    private WorkerFixture fixture;
    private LinuxSocket listening;
    private final BlockingQueue<Channel> initialised = new LinkedBlockingQueue<>();
    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() throws IOException {
        fixture = new WorkerFixture();
        listening = LinuxSocket.newSocketDomain();
        listening.bind(new DomainSocketAddress(path().toString()));
        listening.listen(16);
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
        listening.close();
    }

    private Path path() {
        return directory.resolve("s");
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(fixture.boss, fixture.children)
                .channelFactory(fixture.worker.domainChannelFactory())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        initialised.add(channel);
                        channel.pipeline().addLast(new Echo());
                    }
                });
    }

    private ClusterServerDomainSocketChannel bind(ServerBootstrap bootstrap) throws InterruptedException {
        return (ClusterServerDomainSocketChannel) bootstrap
                .bind(new DomainSocketAddress(path().toString()))
                .sync()
                .channel();
    }

    private FakeMaster.Accepted accept() throws IOException {
        // Length 1: no address.
        return new FakeMaster.Accepted(listening.accept(new byte[25]), new byte[] {1, 0});
    }

    private static String echo(SocketChannel client) throws IOException {
        client.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer answer = ByteBuffer.allocate(5);
        while (answer.hasRemaining() && client.read(answer) >= 0) {
            // The rest is to come.
        }
        return new String(answer.array(), StandardCharsets.US_ASCII);
    }

    @Sharable
    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush((ByteBuf) message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            events.add(event);
        }
    }

    @Test
    void pathIsMadeAbsoluteAndOptionsTravel() throws Exception {
        Channel server = bootstrap()
                .option(ChannelOption.SO_BACKLOG, 7)
                .option(ClusterChannelOption.SOCKET_MODE, 0660)
                .bind(new DomainSocketAddress("./relative.sock"))
                .sync()
                .channel();
        String absolute = Path.of("relative.sock").toAbsolutePath().toString();
        ListenUnix listen = fixture.master.next(ListenUnix.class);
        assertThat(listen.path()).isEqualTo(absolute);
        assertThat(listen.options()).isEqualTo(Map.of(ServerOption.BACKLOG, 7, ServerOption.SOCKET_MODE, 0660));
        assertThat(server.localAddress()).isEqualTo(new DomainSocketAddress(absolute));
        assertThat(server.config().getOption(ClusterChannelOption.SOCKET_MODE)).isEqualTo(0660);
        server.close().sync();
        fixture.master.next(Unlisten.class);
    }

    @Test
    void whatIsAboveALinkIsWhatTheKernelSaysItIs() throws Exception {
        Path target = Files.createDirectories(directory.resolve("a/b"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);
        Channel server =
                bootstrap().bind(new DomainSocketAddress(link + "/../s")).sync().channel();
        assertThat(server.localAddress())
                .isEqualTo(new DomainSocketAddress(
                        directory.toRealPath().resolve("a/s").toString()));
        assertThatThrownBy(() -> bootstrap()
                        .bind(new DomainSocketAddress(directory + "/none/../s"))
                        .sync())
                .isInstanceOf(BindException.class)
                .hasMessageEndingWith("No such file or directory");
    }

    @Test
    void childIsAnEpollDomainSocketChannelWithAParent() throws Exception {
        ClusterServerDomainSocketChannel server = bind(bootstrap());
        FakeLane lane = fixture.master.lane();
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
            lane.await(lane.offer(accept()), ClaimState.CLAIMED);
            assertThat(echo(client)).isEqualTo("hello");
            Channel child = initialised.take();
            assertThat(child).isInstanceOf(EpollDomainSocketChannel.class);
            assertThat(child.parent()).isSameAs(server);
            assertThat(child.localAddress()).isEqualTo(new DomainSocketAddress(path().toString()));
        }
    }

    @Test
    void clientSeesTheEndThoughTheMasterHasNotSettledOrAStaleCopyLives() throws Exception {
        bind(bootstrap());
        FakeLane lane = fixture.master.lane();
        for (ClaimState state : new ClaimState[] {ClaimState.OFFERED, ClaimState.OFFERED_AGAIN}) {
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
                long sequence = lane.offer(accept(), state);
                lane.await(sequence, ClaimState.CLAIMED);
                if (state == ClaimState.OFFERED_AGAIN) {
                    lane.page.settled(sequence);
                }
                initialised.take().close();
                assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
        }
    }

    @Test
    void movedConnectionEndsWhenTheClientHalfCloses() throws Exception {
        bind(bootstrap());
        FakeLane lane = fixture.master.lane();
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
            long sequence = lane.offer(accept(), ClaimState.OFFERED_AGAIN);
            lane.await(sequence, ClaimState.CLAIMED);
            lane.page.settled(sequence);
            client.shutdownOutput();
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            WorkerFixture.await(initialised.take());
            assertThat(events).doesNotContain(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    @Test
    void applicationThatAskedForHalfClosureHasIt() throws Exception {
        bind(bootstrap().childOption(ChannelOption.ALLOW_HALF_CLOSURE, true));
        FakeLane lane = fixture.master.lane();
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
            lane.await(lane.offer(accept(), ClaimState.OFFERED_AGAIN), ClaimState.CLAIMED);
            client.shutdownOutput();
            assertThat(events.poll(10, TimeUnit.SECONDS)).isSameAs(ChannelInputShutdownEvent.INSTANCE);
            assertThat(initialised.take().isOpen()).isTrue();
        }
    }

    @Test
    void pathIsNotSharedWhoeverAsksForIt() throws Exception {
        ClusterServerDomainSocketChannel server = bind(bootstrap().option(ClusterChannelOption.SHARED, true));
        assertThat(server.config().chosen()).isEmpty();
        assertThat(fixture.master.lane().listener).isPositive();
    }

    @Test
    void masterThatKnowsOnlyTcpFailsTheBind() {
        fixture.master.answer = FakeMaster.Answer.FAILED;
        assertThatThrownBy(() -> bind(bootstrap()))
                .isInstanceOf(BindException.class)
                .hasMessageEndingWith("the master is of an earlier version and listens on TCP addresses only");
    }

    @Test
    void whatIsNoPathIsNamed() {
        assertThatThrownBy(() ->
                        bootstrap().bind(new DomainSocketAddress("\0abstract")).sync())
                .isInstanceOf(BindException.class)
                .hasMessageContaining("give a path");
        assertThatThrownBy(() -> bootstrap().bind(WorkerFixture.loopback(0)).sync())
                .isInstanceOf(BindException.class)
                .hasMessageContaining("this channel listens at paths");
        assertThatThrownBy(() -> fixture.bootstrap()
                        .bind(new DomainSocketAddress(path().toString()))
                        .sync())
                .isInstanceOf(BindException.class)
                .hasMessageContaining("domainServerChannelFactory()");
    }
}
