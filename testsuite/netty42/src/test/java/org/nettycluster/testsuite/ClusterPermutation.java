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

/**
 * What Netty's tests run over: a server of the cluster, and ordinary clients; of one kind, which halves the time, or of
 * both in a soak. Owns the loops.
 */
@SuppressWarnings("deprecation") // The one epoll group that both lines of Netty have.
final class ClusterPermutation extends SocketTestPermutation implements AutoCloseable {
    /** Whose clients. */
    enum Clients {
        EPOLL,
        NIO
    }

    private static final boolean SOAK = Boolean.getBoolean("ncluster.soak");

    private final EventLoopGroup boss = new EpollEventLoopGroup(2, new DefaultThreadFactory("boss", true));
    private final EventLoopGroup epoll = new EpollEventLoopGroup(4, new DefaultThreadFactory("epoll", true));
    private final ClusterWorker worker;
    private final Clients clients;

    ClusterPermutation(ClusterWorker worker, Clients clients) {
        this.worker = worker;
        this.clients = clients;
    }

    @Override
    public List<BootstrapFactory<ServerBootstrap>> serverSocket() {
        return List.of(() -> new ServerBootstrap().group(boss, epoll).channelFactory(worker.channelFactory()));
    }

    @Override
    public List<BootstrapFactory<Bootstrap>> clientSocket() {
        if (SOAK) {
            return List.of(this::epollClient, this::nioClient);
        }
        return List.of(clients == Clients.EPOLL ? this::epollClient : this::nioClient);
    }

    /** For the test of what only a NIO client says. */
    List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> withNioClient() {
        return combo(serverSocket(), List.of(this::nioClient));
    }

    private Bootstrap epollClient() {
        return new Bootstrap().group(epoll).channel(EpollSocketChannel.class);
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
