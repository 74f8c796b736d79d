package org.nettycluster.benchmarks.faults.program;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import org.nettycluster.worker.ClusterWorker;

/**
 * The HTTP example, once another address was bound and left as often as the system property {@code faults.rebinds} says:
 * each time is a lane and a claim page of its own.
 */
public final class Rebinds {
    /** What it says when it has. */
    public static final String DONE = "bound and left";

    private Rebinds() {}

    /** See the class. */
    public static void main(String... args) throws ReflectiveOperationException, InterruptedException {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channelFactory(ClusterWorker.serverChannelFactory())
                .childHandler(new ChannelInboundHandlerAdapter());
        int times = Integer.getInteger("faults.rebinds", 1);
        for (int i = 0; i < times; i++) {
            bootstrap.bind("127.0.0.2", 0).sync().channel().close().sync();
        }
        loop.shutdownGracefully();
        System.err.println(DONE + " " + times + " times");
        Class.forName("org.nettycluster.examples.http.HttpExample")
                .getMethod("main", String[].class)
                .invoke(null, (Object) args);
    }
}
