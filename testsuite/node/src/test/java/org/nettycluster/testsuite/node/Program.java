package org.nettycluster.testsuite.node;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.worker.ClusterWorker;

/**
 * A worker's program in the JVM of its test: one event loop for everything, as Node has, and an ordinary main, which ends
 * when the last of its servers has closed. Owns the loop and the connection to the master.
 */
final class Program implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final List<Channel> servers = new CopyOnWriteArrayList<>();
    final ClusterWorker worker;

    Program(WorkerEnvironment environment) {
        worker = ClusterWorker.connect(environment);
        worker.draining().thenRun(this::endIfNothingIsLeft);
    }

    int number() {
        return worker.id().number();
    }

    ServerBootstrap bootstrap() {
        return bootstrap(worker.channelFactory());
    }

    /** For paths of unix sockets. */
    ServerBootstrap domainBootstrap() {
        return bootstrap(worker.domainChannelFactory());
    }

    private ServerBootstrap bootstrap(ChannelFactory<ServerChannel> channels) {
        return new ServerBootstrap().group(loop).channelFactory(channels).childHandler(Greeter.of(number()));
    }

    /** Greets on loopback. */
    Channel listen(int port) {
        return listen(bootstrap(), new InetSocketAddress("127.0.0.1", port));
    }

    Channel listen(ServerBootstrap bootstrap, SocketAddress address) {
        Channel server = bootstrap.bind(address).syncUninterruptibly().channel();
        runs(server);
        return server;
    }

    /** Asks for it, and does not wait. */
    ChannelFuture tryListen(int port) {
        ChannelFuture bound = bootstrap().bind("127.0.0.1", port);
        runs(bound.channel());
        return bound;
    }

    /** Its server, not bound yet. */
    Channel register() {
        Channel server = bootstrap().register().syncUninterruptibly().channel();
        runs(server);
        return server;
    }

    /** Main waits for this channel's end, too. */
    void runs(Channel server) {
        servers.add(server);
        server.closeFuture().addListener(closed -> {
            servers.remove(server);
            if (worker.draining().toCompletableFuture().isDone()) {
                endIfNothingIsLeft();
            }
        });
    }

    private void endIfNothingIsLeft() {
        if (servers.stream().noneMatch(Channel::isOpen)) {
            worker.close();
        }
    }

    EventLoop loop() {
        return loop;
    }

    /** Its loop does nothing until the returned latch is counted down. Returns when it stands. */
    CountDownLatch block() {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch stands = new CountDownLatch(1);
        loop.execute(() -> {
            stands.countDown();
            await(release);
        });
        await(stands);
        return release;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("not within 20 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static int port(Channel server) {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    @Override
    public void close() {
        worker.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }
}
