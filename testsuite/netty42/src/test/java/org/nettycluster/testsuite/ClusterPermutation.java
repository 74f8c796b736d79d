package org.nettycluster.testsuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.SocketTestPermutation;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.nettycluster.worker.ClusterWorker;

/** What Netty's tests run over: a server of the cluster, and ordinary clients of both kinds. Owns the loops. */
@SuppressWarnings("deprecation") // The one epoll group that both lines of Netty have.
final class ClusterPermutation extends SocketTestPermutation implements AutoCloseable {
    private final EventLoopGroup boss = new EpollEventLoopGroup(2, new DefaultThreadFactory("boss", true));
    private final EventLoopGroup epoll = new EpollEventLoopGroup(4, new DefaultThreadFactory("epoll", true));
    private final ClusterWorker worker;

    ClusterPermutation(ClusterWorker worker) {
        this.worker = worker;
    }

    @Override
    public List<BootstrapFactory<ServerBootstrap>> serverSocket() {
        return List.of(() -> new ServerBootstrap().group(boss, epoll).channelFactory(worker.channelFactory()));
    }

    @Override
    public List<BootstrapFactory<Bootstrap>> clientSocket() {
        return List.of(() -> new Bootstrap().group(epoll).channel(EpollSocketChannel.class), this::nioClient);
    }

    /** For the test of what only a NIO client says. */
    List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> withNioClient() {
        return combo(serverSocket(), List.of(this::nioClient));
    }

    private Bootstrap nioClient() {
        return new Bootstrap().group(NIO_GROUP).channel(NioSocketChannel.class);
    }

    @Override
    public void close() {
        List<EventLoopGroup> groups = List.of(boss, epoll, NIO_GROUP);
        groups.forEach(group -> group.shutdownGracefully(0, 5, TimeUnit.SECONDS));
        groups.forEach(group -> group.terminationFuture().syncUninterruptibly());
    }
}
