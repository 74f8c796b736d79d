package org.nettycluster.cli.programs;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.CharsetUtil;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.nettycluster.worker.ClusterWorker;

/**
 * Answers whatever it reads with its pid, on the port that is its first argument, and prints its arguments and one
 * variable first. Cannot bind? Says so and exits with 1, as servers do.
 */
public final class Greets {
    private Greets() {}

    public static void main(String... args) throws InterruptedException {
        System.out.println("arguments " + List.of(args) + ", GREETING is " + System.getenv("GREETING"));
        System.err.println("a word on standard error");
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channelFactory(ClusterWorker.serverChannelFactory())
                .childHandler(new Greeter())
                .bind("127.0.0.1", Integer.parseInt(args[0]))
                .await();
        if (!bound.isSuccess()) {
            System.err.println("can't listen: " + bound.cause().getMessage());
            System.exit(1);
        }
        Channel server = bound.channel();
        server.closeFuture().await();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }

    @Sharable
    private static final class Greeter extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            ctx.writeAndFlush(Unpooled.copiedBuffer(ProcessHandle.current().pid() + "\n", CharsetUtil.US_ASCII));
        }
    }
}
