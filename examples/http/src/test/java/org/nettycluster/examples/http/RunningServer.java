package org.nettycluster.examples.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.nettycluster.worker.ClusterDraining;
import org.nettycluster.worker.ClusterWorker;

/** The example's pipeline behind a real port of this JVM: one boss, one loop for all children. */
final class RunningServer implements AutoCloseable {
    final ThisProcess process = new ThisProcess(Optional.of("2.1"), 4711);
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final ChannelGroup children = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel channel;

    RunningServer() throws InterruptedException {
        channel = new ServerBootstrap()
                .group(loops)
                .channelFactory(ClusterWorker.serverChannelFactory())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        children.add(child);
                        child.pipeline().addLast(new HttpInitializer(process));
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    void drain() throws InterruptedException {
        drain(Duration.ofSeconds(30));
    }

    /** Does what a worker does when it drains, and returns when every child has heard it. */
    void drain(Duration idle) throws InterruptedException {
        for (Channel child : children) {
            child.eventLoop()
                    .submit(() -> {
                        child.pipeline().fireUserEventTriggered(new ClusterDraining(Duration.ofSeconds(30), idle));
                    })
                    .sync();
        }
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        children.close().awaitUninterruptibly();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
