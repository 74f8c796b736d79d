package org.nettycluster.testsuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.SocketTestPermutation;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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

    private static final long QUIET_MILLIS = 200;
    private static final boolean SOAK = Boolean.getBoolean("ncluster.soak");

    private final EventLoopGroup boss = new EpollEventLoopGroup(2, new DefaultThreadFactory("boss", true));
    private final EventLoopGroup epoll = new EpollEventLoopGroup(4, new DefaultThreadFactory("epoll", true));
    private final Queue<ServerChannel> servers = new ConcurrentLinkedQueue<>();
    private final ClusterWorker worker;
    private final Clients clients;

    ClusterPermutation(ClusterWorker worker, Clients clients) {
        this.worker = worker;
        this.clients = clients;
    }

    @Override
    public List<BootstrapFactory<ServerBootstrap>> serverSocket() {
        return List.of(() -> new ServerBootstrap().group(boss, epoll).channelFactory(this::serverChannel));
    }

    private ServerChannel serverChannel() {
        ServerChannel channel = worker.channelFactory().newChannel();
        servers.add(channel);
        return channel;
    }

    /** Where the tests' servers were bound: who has this port at its own end is a child, and no client. */
    Set<Integer> serverPorts() {
        return servers.stream()
                .map(server -> (InetSocketAddress) server.localAddress())
                .filter(Objects::nonNull)
                .map(InetSocketAddress::getPort)
                .collect(Collectors.toSet());
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
        // Some of Netty's tests leave channels open, for the loops to close. A loop that is told to end while it runs
        // its tasks, and has no quiet period, ends without closing any: each is told on its own thread, and has one.
        // The
        // clock measures it, so it is longer than a busy machine keeps a thread waiting.
        groups.forEach(group -> group.forEach(
                loop -> loop.execute(() -> loop.shutdownGracefully(QUIET_MILLIS, 5000, TimeUnit.MILLISECONDS))));
        groups.forEach(group -> group.terminationFuture().syncUninterruptibly());
    }
}
