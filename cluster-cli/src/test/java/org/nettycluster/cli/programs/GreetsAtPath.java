package org.nettycluster.cli.programs;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.CharsetUtil;
import java.util.concurrent.TimeUnit;
import org.nettycluster.worker.ClusterChannelOption;
import org.nettycluster.worker.ClusterWorker;

/** Tells whoever connects its pid, and closes: at the path that is its only argument, for its own user alone. */
public final class GreetsAtPath {
    private GreetsAtPath() {}

    public static void main(String... args) throws InterruptedException {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Channel server = new ServerBootstrap()
                .group(loops)
                .channelFactory(ClusterWorker.domainServerChannelFactory())
                .option(ClusterChannelOption.SOCKET_MODE, 0600)
                .childHandler(new Greeter())
                .bind(new DomainSocketAddress(args[0]))
                .sync()
                .channel();
        server.closeFuture().await();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }

    @Sharable
    private static final class Greeter extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(Unpooled.copiedBuffer(ProcessHandle.current().pid() + "\n", CharsetUtil.US_ASCII))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }
}
