package org.nettycluster.benchmarks;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.nettycluster.worker.ClusterWorker;

/**
 * The server under comparison: the same Netty program with {@code cluster} (workers of a master) or {@code reuseport}
 * (each process binds for itself). {@code -DblockMillis=N} makes every request block its loop for so long, and {@code
 * -DslowSlot=N} three times as long in the worker of that slot.
 */
public final class BenchServer {
    private static final ByteBuf BODY =
            Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("hello\n", StandardCharsets.US_ASCII));

    private BenchServer() {}

    /** Arguments: {@code cluster|reuseport|plain PORT LOOPS}. */
    public static void main(String... args) throws InterruptedException {
        int slowSlot = Integer.getInteger("slowSlot", 0);
        boolean slow = ClusterWorker.current()
                .map(worker -> worker.id().number() == slowSlot)
                .orElse(false);
        long blockMillis = Long.getLong("blockMillis", 0) * (slow ? 3 : 1);
        EventLoopGroup boss = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        EventLoopGroup children =
                new MultiThreadIoEventLoopGroup(Integer.parseInt(args[2]), EpollIoHandler.newFactory());
        ServerBootstrap bootstrap = new ServerBootstrap().group(boss, children);
        switch (args[0]) {
            case "cluster" -> bootstrap.channelFactory(ClusterWorker.serverChannelFactory());
            case "reuseport" ->
                bootstrap.channel(EpollServerSocketChannel.class).option(EpollChannelOption.SO_REUSEPORT, true);
            default -> bootstrap.channel(EpollServerSocketChannel.class);
        }
        Channel server = bootstrap
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel child) {
                        child.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(65536))
                                .addLast(new Hello(blockMillis));
                    }
                })
                .bind("127.0.0.1", Integer.parseInt(args[1]))
                .sync()
                .channel();
        server.closeFuture().sync();
        boss.shutdownGracefully();
        children.shutdownGracefully();
    }

    private static final class Hello extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final long blockMillis;

        Hello(long blockMillis) {
            this.blockMillis = blockMillis;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) throws InterruptedException {
            if (blockMillis > 0) {
                Thread.sleep(blockMillis);
            }
            FullHttpResponse response =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, BODY.duplicate());
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, BODY.readableBytes());
            if (HttpUtil.isKeepAlive(request)) {
                ctx.writeAndFlush(response);
            } else {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
                ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
