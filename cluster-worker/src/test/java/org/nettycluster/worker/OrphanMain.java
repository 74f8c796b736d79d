package org.nettycluster.worker;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** An ordinary worker program, in a process of its own: "bye" ends a connection, everything else is echoed. */
final class OrphanMain {
    private OrphanMain() {}

    /** @param args what its main does in the end: {@code ends}, {@code stays}, {@code exits} or {@code hangs} */
    public static void main(String... args) throws InterruptedException {
        if (args[0].equals("hangs")) {
            Runtime.getRuntime().addShutdownHook(new Thread(OrphanMain::hang));
        }
        EventLoopGroup loops = WorkerFixture.epoll(1);
        new ServerBootstrap()
                .group(loops)
                .channelFactory(ClusterWorker.serverChannelFactory())
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new Echo());
                    }
                })
                .bind(WorkerFixture.loopback(0))
                .sync()
                .channel()
                .closeFuture()
                .sync();
        switch (args[0]) {
            case "ends" -> loops.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            case "exits" -> System.exit(7);
            default -> hang();
        }
    }

    private static void hang() {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Echo extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
            if (message.toString(StandardCharsets.UTF_8).equals("bye")) {
                ctx.close();
            } else {
                ctx.writeAndFlush(message.retain());
            }
        }
    }
}
