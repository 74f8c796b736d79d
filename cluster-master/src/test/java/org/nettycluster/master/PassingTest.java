package org.nettycluster.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.PassingNews;
import org.nettycluster.protocol.PassingNews.Word;
import org.nettycluster.protocol.Unrecognised;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.MessageException;
import org.nettycluster.protocol.messages.MessageException.Reason;

@Timeout(60)
class PassingTest {
    private final LogRecorder log = new LogRecorder();
    private final Path home = Files.createTempDirectory(Path.of("/tmp"), "nc");
    private final ClusterMaster master = ClusterMaster.builder()
            .runDirectory(home.resolve("run"))
            .drainTimeout(Duration.ofMillis(500))
            .start();
    private final WorkerEnvironment role = master.admit();
    private final WorkerProcess worker = master.workers().get(0);
    private final FakeWorker fake = FakeWorker.online(role);

    PassingTest() throws Exception {}

    @AfterEach
    void close() throws IOException {
        fake.close();
        master.close();
        log.close();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private Channel lane() {
        Channel lane = new Bootstrap()
                .group(FakeWorker.LOOP)
                .channel(EpollDomainSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new DomainSocketAddress(role.socket().toString()))
                .syncUninterruptibly()
                .channel();
        ByteBuf hello = Unpooled.buffer();
        FrameCodec.write(fake.laneHello(LaneHello.PASSING), hello);
        lane.writeAndFlush(hello);
        return lane;
    }

    private static MessageException failure(CompletionStage<Void> sent) throws Exception {
        try {
            sent.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return (MessageException) e.getCause();
        }
        throw new AssertionError("it succeeded");
    }

    @Test
    void aWorkerHasOneLaneForThem() throws Exception {
        Channel first = lane();
        assertThat(fake.next(PassingNews.class)).isEqualTo(PassingNews.of(Word.READY));
        Channel second = lane();
        assertThat(second.closeFuture().awaitUninterruptibly(10, TimeUnit.SECONDS))
                .isTrue();
        log.awaitWarning("opens another lane for connections that it passes (limit: one for each worker)");
        assertThat(first.isOpen()).isTrue();
        assertThat(worker.isConnected()).isTrue();

        FileDescriptor file = FileDescriptor.from("/dev/null");
        ((io.netty.channel.unix.Socket) ((EpollDomainSocketChannel) first).fd()).sendFd(file.intValue());
        file.close();
        assertThat(first.closeFuture().awaitUninterruptibly(10, TimeUnit.SECONDS))
                .as("the lane ends: what came is no socket")
                .isTrue();
        assertThat(worker.isConnected()).isTrue();
    }

    @Test
    void aWorkerOfAnOlderLibraryGetsNoConnectionsAndTheSenderIsTold() throws Exception {
        BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
        Channel server = new ServerBootstrap()
                .group(FakeWorker.LOOP)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.add(channel);
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
        try (Socket client = new Socket("127.0.0.1", ((InetSocketAddress) server.localAddress()).getPort())) {
            client.setSoTimeout(10_000);
            Channel channel = accepted.take();
            CompletionStage<Void> sent = worker.send(ClusterMessage.text("yours"), channel);
            CompletionStage<Void> behind = worker.send(ClusterMessage.text("without one"));
            assertThat(fake.next(PassingNews.class)).isEqualTo(PassingNews.of(Word.OPEN));
            fake.say(new Unrecognised(PassingNews.TYPE));
            MessageException failure = failure(sent);
            assertThat(failure.reason()).isEqualTo(Reason.GONE);
            assertThat(failure).hasMessageContaining("its library is older than the passing of connections");
            assertThat(channel.isOpen()).isFalse();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            behind.toCompletableFuture().get(10, TimeUnit.SECONDS);
        } finally {
            server.close();
        }
    }
}
