package org.nettycluster.examples.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.worker.ClusterWorker;
import org.nettycluster.worker.drain.Http1DrainHandler;

/**
 * The program that Node's documentation of {@code cluster} opens with: one main that is the master and, forked by itself,
 * each of the workers. {@code -Dport=P} serves elsewhere than on port 8000.
 */
public final class SeedExample {
    private SeedExample() {}

    /**
     * The master forks a worker for each processor; a worker serves.
     *
     * @param args passed on to the workers, and not looked at
     */
    public static void main(String... args) throws Exception {
        long pid = ProcessHandle.current().pid();
        if (!ClusterWorker.isWorker()) {
            System.out.println("master " + pid + " is running");

            ClusterMaster master = ClusterMaster.ofThisProgram(args);
            master.onExit((worker, exit) -> System.out.println("worker " + worker.pid() + " died"));
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                master.fork();
            }
        } else {
            serveHelloWorld(Integer.getInteger("port", 8000));

            System.out.println("worker " + pid + " started");
        }
    }

    /** What {@code http.createServer(…).listen(port)} is in Netty. */
    private static void serveHelloWorld(int port) throws InterruptedException {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        new ServerBootstrap()
                .group(loops)
                .channelFactory(ClusterWorker.serverChannelFactory())
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new Http1DrainHandler(),
                                        new HttpServerKeepAliveHandler(),
                                        new HttpObjectAggregator(65536),
                                        new HelloWorld());
                    }
                })
                .bind("127.0.0.1", port)
                .addListener((ChannelFutureListener)
                        bound -> bound.channel().closeFuture().addListener(closed -> loops.shutdownGracefully()))
                .sync();
    }

    @Sharable
    private static final class HelloWorld extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.OK,
                    Unpooled.copiedBuffer("hello world\n", StandardCharsets.US_ASCII));
            HttpUtil.setContentLength(response, response.content().readableBytes());
            ctx.writeAndFlush(response);
        }
    }
}
