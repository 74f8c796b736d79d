package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.worker.ClusterChannelOption;

/** Listening at the path of a unix socket. */
class UnixIT {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";

    @TempDir
    private Path directory;

    private static Channel listen(Program program, Path path) {
        return program.listen(program.domainBootstrap(), new DomainSocketAddress(path.toString()));
    }

    private static String ask(Path path, String request) throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertThat(client.getRemoteAddress()).isEqualTo(UnixDomainSocketAddress.of(path));
            client.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            client.shutdownOutput();
            return new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Upstream("test-cluster-http-pipe")
    void requestsComeByAPathAndTheirClientsHaveNoAddress() throws Exception {
        Path path = directory.resolve("http.sock");
        try (Cluster cluster = Cluster.start()) {
            for (int i = 0; i < 2; i++) {
                Program program = cluster.program();
                ServerBootstrap http = program.domainBootstrap().childHandler(answering(program.number()));
                program.listen(http, new DomainSocketAddress(path.toString()));
            }
            cluster.events.await("listening", 2);
            Set<String> answers = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                answers.add(ask(path, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
            }
            assertThat(answers).containsExactlyInAnyOrder(ANSWER + "1 ", ANSWER + "2 ");
        }
    }

    /** The worker's number, and the client's address, which is empty. */
    private static ChannelInitializer<Channel> answering(int worker) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new SimpleChannelInboundHandler<ByteBuf>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf request) {
                        DomainSocketAddress client =
                                (DomainSocketAddress) ctx.channel().remoteAddress();
                        String name = client == null ? "" : client.path();
                        ctx.writeAndFlush(ByteBufUtil.writeUtf8(ctx.alloc(), ANSWER + worker + " " + name))
                                .addListener(ChannelFutureListener.CLOSE);
                    }
                });
            }
        };
    }

    @Upstream("test-cluster-listen-pipe-readable-writable")
    void whoMayConnectIsForTheProgramToSay() throws Exception {
        Path path = directory.resolve("open.sock");
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            program.listen(
                    program.domainBootstrap().option(ClusterChannelOption.SOCKET_MODE, 0777),
                    new DomainSocketAddress(path.toString()));
            assertThat((Integer) Files.getAttribute(path, "unix:mode") & 0777).isEqualTo(0777);
            assertThat(cluster.master.status().listeners()).singleElement().satisfies(listener -> {
                assertThat(listener.address()).isEqualTo(UnixDomainSocketAddress.of(path));
                assertThat(listener.crowd().backlog()).isEqualTo(-1);
            });
        }
    }

    @Upstream("test-cluster-net-listen-relative-path")
    void aRelativePathIsTheWorkersAndItsFileIsGoneWithTheWorker() throws Exception {
        Path real = directory.toRealPath();
        Path path = real.resolve("x".repeat(105 - real.toString().length()));
        assertThat(path.toString()).hasSize(106);
        try (Cluster cluster = Cluster.start()) {
            cluster.master.fork(Cluster.jvm(WorkerMain.class)
                    .withArguments("path", path.getFileName().toString())
                    .in(directory));
            cluster.events.await("listening 1");
            assertThat(cluster.master.unixAddresses()).containsExactly(UnixDomainSocketAddress.of(path));
            assertThat(ask(path, "")).isEqualTo("1\n");
            Cluster.get(cluster.master.workers().iterator().next().disconnect());
            assertThat(path).doesNotExist();

            Program program = cluster.program();
            assertThatThrownBy(() -> listen(program, Path.of(path + "xx")))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("a path of 108 bytes, a unix socket's has at most 107");
        }
    }

    @Upstream("test-cluster-eaccess")
    void aPathThatSomebodyHasIsInUse() throws Exception {
        Path path = directory.resolve("taken.sock");
        try (Cluster cluster = Cluster.start();
                ServerSocketChannel somebody = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            somebody.bind(UnixDomainSocketAddress.of(path));
            Program program = cluster.program();
            assertThatThrownBy(() -> listen(program, path))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("Address already in use");
            assertThat(path).exists();
            assertThat(cluster.events.lines()).noneMatch(line -> line.startsWith("listening"));
        }
    }
}
