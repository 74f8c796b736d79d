package org.nettycluster.benchmarks.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/** An HTTP/2 server that does to each request what it is told, on one loop. */
final class GoingServer implements AutoCloseable {
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Channel server;

    /** What it does to a request. */
    @FunctionalInterface
    interface Manners {
        void serve(Request request);
    }

    GoingServer(Manners manners) {
        server = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel child) {
                        child.pipeline()
                                .addLast(Http2FrameCodecBuilder.forServer().build(), new Connection(manners));
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    URI http() {
        return URI.create("http://127.0.0.1:" + ((InetSocketAddress) server.localAddress()).getPort() + "/");
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** A request and the connection that it came on. */
    record Request(ChannelHandlerContext connection, Http2FrameStream stream, String nonce) {
        /** In the order of the run. */
        int number() {
            return Integer.parseInt(nonce.substring(nonce.indexOf('-') + 1));
        }

        void answer() {
            answer("200", nonce);
        }

        void answer(String status, String withNonce) {
            connection.writeAndFlush(new DefaultHttp2HeadersFrame(headers(status, withNonce), true).stream(stream));
        }

        /** The beginning of an answer. */
        ChannelHandlerContext head(String status, String withNonce) {
            connection.write(new DefaultHttp2HeadersFrame(headers(status, withNonce), false).stream(stream));
            return connection;
        }

        /** Names the last stream that is served. */
        void goAway(int lastStreamId) {
            ChannelHandlerContext first = connection.pipeline().firstContext();
            ((Http2FrameCodec) first.handler())
                    .encoder()
                    .writeGoAway(
                            first, lastStreamId, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, first.newPromise());
            first.flush();
        }

        /** Ends the connection without a word, once what was written before is out. */
        void cut() {
            connection.pipeline().firstContext().close();
        }

        private static Http2Headers headers(String status, String nonce) {
            return new DefaultHttp2Headers()
                    .status(status)
                    .set(Answer.NONCE, nonce)
                    .set(Answer.WORKER, "1.1");
        }
    }

    private static final class Connection extends ChannelInboundHandlerAdapter {
        private final Manners manners;

        Connection(Manners manners) {
            this.manners = manners;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                if (message instanceof Http2HeadersFrame frame) {
                    manners.serve(new Request(
                            ctx, frame.stream(), String.valueOf(frame.headers().get(Answer.NONCE))));
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
