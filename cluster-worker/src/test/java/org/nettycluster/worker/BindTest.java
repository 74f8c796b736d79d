package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.ServerOption;
import org.nettycluster.protocol.Unlisten;

@Timeout(60)
final class BindTest {
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
    void workerSaysWhoItIsAndWhenItCanServe() throws Exception {
        Hello hello = fixture.master.next(Hello.class);
        assertThat(hello.worker()).isEqualTo(fixture.worker.id());
        assertThat(hello.pid()).isEqualTo(ProcessHandle.current().pid());
        fixture.bind();
        fixture.master.next(Ready.class);
        fixture.bind();
        fixture.worker.ready();
        assertThat(fixture.master.frames).noneMatch(Ready.class::isInstance);
    }

    @Test
    void serverHasTheAddressThatTheMasterBound() {
        ClusterServerSocketChannel server = fixture.bind();
        assertThat(server.localAddress()).isEqualTo(fixture.master.address());
        assertThat(server.remoteAddress()).isNull();
        assertThat(server.isActive()).isTrue();
        server.close().syncUninterruptibly();
        assertThat(server.isActive()).isFalse();
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void optionsTravelOnlyIfTheyWereChosen() throws Exception {
        ClusterServerSocketChannel server = fixture.bind(fixture.bootstrap()
                .option(ChannelOption.SO_BACKLOG, 77)
                .option(ChannelOption.SO_REUSEADDR, false)
                .option(EpollChannelOption.SO_REUSEPORT, true)
                .option(EpollChannelOption.TCP_DEFER_ACCEPT, 5)
                .option(ClusterChannelOption.IPV6_V6ONLY, true));
        assertThat(fixture.master.next(Listen.class).options())
                .isEqualTo(Map.of(
                        ServerOption.BACKLOG, 77,
                        ServerOption.REUSE_ADDRESS, 0,
                        ServerOption.DEFER_ACCEPT, 5,
                        ServerOption.IPV6_ONLY, 1));
        assertThat(server.config().getBacklog()).isEqualTo(77);
        assertThat(server.config().getOptions())
                .containsEntry(ChannelOption.SO_REUSEADDR, false)
                .containsEntry(ClusterChannelOption.IPV6_V6ONLY, true);
        assertThat(server.config().getOption(ChannelOption.SO_LINGER)).isNull();
    }

    @Test
    void failureOfTheMasterIsABindException() {
        fixture.master.answer = FakeMaster.Answer.FAILED;
        assertThatThrownBy(this::bindOnce)
                .isInstanceOf(BindException.class)
                .hasMessage("bind(..) failed: Address already in use");
    }

    @Test
    void unknownHostIsABindException() {
        assertThatThrownBy(() -> fixture.bootstrap()
                        .bind(InetSocketAddress.createUnresolved("host.invalid", 0))
                        .sync())
                .isInstanceOf(BindException.class)
                .hasMessageContaining("host.invalid");
    }

    @Test
    void deadMasterFailsTheBind() throws Exception {
        fixture.master.answer = FakeMaster.Answer.NOTHING;
        ChannelFuture bind = fixture.bootstrap().bind(WorkerFixture.loopback(0));
        fixture.master.next(Listen.class);
        fixture.master.die();
        assertThatThrownBy(bind::sync).isInstanceOf(BindException.class).hasMessageContaining("the master is gone");
        assertThatThrownBy(this::bindOnce).isInstanceOf(BindException.class).hasMessageContaining("the master is gone");
    }

    @Test
    void unreachableMasterIsNamed() {
        fixture.master.die();
        assertThatThrownBy(() -> ClusterWorker.connect(fixture.master.environment()))
                .isInstanceOf(ChannelException.class)
                .hasMessageContaining("worker 3.2 can't reach its master at " + fixture.master.socket());
    }

    @Test
    void masterThatDoesNotWelcomeIsNamed() {
        fixture.master.welcoming = false;
        assertThatThrownBy(() -> ClusterWorker.connect(fixture.master.environment()))
                .isInstanceOf(ChannelException.class)
                .hasMessageContaining("the master has closed the control connection");
    }

    @Test
    void bossThatIsNotEpollIsNamed() {
        EventLoopGroup nio = nio();
        try {
            assertThatThrownBy(() -> fixture.bootstrap(nio, fixture.children)
                            .bind(WorkerFixture.loopback(0))
                            .sync())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("server loop is a")
                    .hasMessageContaining("EpollIoHandler.newFactory()");
        } finally {
            nio.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void childrenThatAreNotEpollAreNamedAtTheBind() {
        EventLoopGroup nio = nio();
        try {
            assertThatThrownBy(() -> fixture.bootstrap(fixture.boss, nio)
                            .bind(WorkerFixture.loopback(0))
                            .sync())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("child loop is a");
        } finally {
            nio.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void childrenThatAreNotEpollAreFoundAtTheFirstConnection() throws Exception {
        EventLoopGroup nio = nio();
        try {
            ClusterServerSocketChannel server = fixture.bind(fixture.bootstrap().handler(new RegisterWith(nio)));
            FakeLane lane = fixture.master.lane();
            try (WorkerFixture.Client client = fixture.client()) {
                FakeMaster.Accepted accepted = fixture.master.accept();
                long sequence = lane.offer(accepted);
                lane.await(sequence, ClaimState.REFUSED);
                WorkerFixture.await(server);
                assertThat(server.children()).isEmpty();
                // Nobody has ended it: the next owner can serve it.
                fixture.bind();
                FakeLane other = fixture.master.lane();
                other.await(other.offer(accepted), ClaimState.CLAIMED);
                assertThat(client.echo("hello")).isEqualTo("hello");
            }
        } finally {
            nio.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void bindsToPortZeroAreNumberedAndNumbersAreUsedAgain() throws Exception {
        ClusterServerSocketChannel first = fixture.bind();
        fixture.bind();
        assertThat(fixture.master.next(Listen.class).ordinal()).isZero();
        assertThat(fixture.master.next(Listen.class).ordinal()).isEqualTo(1);
        first.close().sync();
        fixture.master.next(Unlisten.class);
        fixture.bind();
        assertThat(fixture.master.next(Listen.class).ordinal()).isZero();
    }

    @Test
    void addressCanBeBoundAgainAfterAClose() throws Exception {
        ClusterServerSocketChannel first = fixture.bind();
        FakeLane lane = fixture.master.lane();
        first.close().sync();
        assertThat(fixture.master.next(Unlisten.class).listener()).isEqualTo(lane.listener);
        WorkerFixture.await(lane.channel());
        InetSocketAddress address = fixture.master.address();
        Channel second = fixture.bootstrap().bind(address).sync().channel();
        assertThat(second.localAddress()).isEqualTo(address);
        FakeLane again = fixture.master.lane();
        try (WorkerFixture.Client client = fixture.client()) {
            again.offer(fixture.master.accept());
            assertThat(client.echo("hello")).isEqualTo("hello");
        }
    }

    @Test
    void secondBindOfOneChannelFails() {
        ClusterServerSocketChannel server = fixture.bind();
        assertThatThrownBy(() -> server.bind(WorkerFixture.loopback(0)).sync())
                .isInstanceOf(BindException.class)
                .hasMessageContaining("already");
        assertThat(server.isActive()).isTrue();
    }

    @Test
    void closeWhileTheMasterThinksLeavesNothingBehind() throws Exception {
        fixture.master.answer = FakeMaster.Answer.NOTHING;
        ChannelFuture bind = fixture.bootstrap().bind(WorkerFixture.loopback(0));
        Listen listen = fixture.master.next(Listen.class);
        bind.channel().close().sync();
        Listening listening = fixture.master.listening(listen);
        fixture.master.say(listening);
        assertThat(fixture.master.next(Unlisten.class).listener()).isEqualTo(listening.listener());
        assertThat(bind.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(bind.isSuccess()).isFalse();
        assertThat(fixture.master.lanes).isEmpty();
    }

    @Test
    void endOfTheLoopClosesTheServer() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        FakeLane lane = fixture.master.lane();
        fixture.boss.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        WorkerFixture.await(server);
        fixture.master.next(Unlisten.class);
        WorkerFixture.await(lane.channel());
    }

    @Test
    void laneClosedByTheMasterClosesTheServer() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        fixture.master.lane().close();
        WorkerFixture.await(server);
        fixture.master.next(Unlisten.class);
    }

    @Test
    void workerThatLeavesWhileTheMasterThinksLeavesNothingBehind() throws Exception {
        fixture.master.answer = FakeMaster.Answer.NOTHING;
        ChannelFuture bind = fixture.bootstrap().bind(WorkerFixture.loopback(0));
        Listen listen = fixture.master.next(Listen.class);
        fixture.worker.close();
        assertThatThrownBy(bind::sync).isInstanceOf(BindException.class).hasMessageContaining("the worker is closed");
        Listening listening = fixture.master.listening(listen);
        fixture.master.say(listening);
        assertThat(fixture.master.next(Unlisten.class).listener()).isEqualTo(listening.listener());
        Eventually.eventually("it has left", () -> !fixture.worker.isConnected());
    }

    @Test
    void workerThatWaitsForItsLastAnswersAsksForNothingMore() throws Exception {
        fixture.master.answer = FakeMaster.Answer.NOTHING;
        fixture.bootstrap().bind(WorkerFixture.loopback(0));
        Listen listen = fixture.master.next(Listen.class);
        fixture.worker.close();
        ChannelFuture late = fixture.bootstrap().bind(WorkerFixture.loopback(0));
        assertThatThrownBy(late::sync).isInstanceOf(BindException.class).hasMessageContaining("the worker is closed");
        // It ends with this answer: nobody would leave what it asked for since.
        fixture.master.say(fixture.master.listening(listen));
        Eventually.eventually("it has left", () -> !fixture.worker.isConnected());
    }

    @Test
    void missingPageFailsTheBind() throws Exception {
        fixture.master.answer = FakeMaster.Answer.NOTHING;
        ChannelFuture bind = fixture.bootstrap().bind(WorkerFixture.loopback(0));
        Listen listen = fixture.master.next(Listen.class);
        fixture.master.say(new Listening(listen.request(), 9, 4, fixture.master.address(), "/nowhere/page"));
        assertThatThrownBy(bind::sync).isInstanceOf(BindException.class).hasMessageContaining("/nowhere/page");
        assertThat(fixture.master.next(Unlisten.class).listener()).isEqualTo(9);
    }

    private void bindOnce() throws InterruptedException {
        fixture.bootstrap().bind(WorkerFixture.loopback(0)).sync();
    }

    @SuppressWarnings("deprecation") // The tests run on both lines of Netty.
    private static EventLoopGroup nio() {
        return new NioEventLoopGroup(1);
    }

    /** An acceptor of its own making, whose group can't be seen at the bind. */
    private static final class RegisterWith extends ChannelInboundHandlerAdapter {
        private final EventLoopGroup hidden;

        RegisterWith(EventLoopGroup hidden) {
            this.hidden = hidden;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            Channel child = (Channel) message;
            child.pipeline().addLast(new ChannelInboundHandlerAdapter());
            hidden.register(child).addListener(done -> {
                if (!done.isSuccess()) {
                    child.unsafe().closeForcibly();
                }
            });
        }
    }
}
