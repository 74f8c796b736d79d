package org.nettycluster.benchmarks.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Answers each request once its nonce stands in the record. {@code /block?ms=N} holds this child's loop for so long,
 * {@code /safepoint?ms=N} the whole JVM; {@code /spawn} starts a process that outlives us. On the child's loop.
 */
final class HttpAnswers extends SimpleChannelInboundHandler<HttpObject> {
    private static final String NONCE = "x-nonce";
    private static final String WORKER = "x-worker";
    private static final ByteBuf BODY =
            Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("hello\n", StandardCharsets.US_ASCII));

    private final WorkerRecord record;
    private final String worker;

    HttpAnswers(WorkerRecord record, String worker) {
        this.record = record;
        this.worker = worker;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message)
            throws InterruptedException, IOException {
        if (!(message instanceof HttpRequest request)) {
            return;
        }
        String nonce = request.headers().get(NONCE);
        if (nonce != null) {
            record.requested(RecordingServer.peerPort(ctx.channel()), nonce);
        }
        QueryStringDecoder query = new QueryStringDecoder(request.uri());
        Duration pause = Duration.ofMillis(Long.parseLong(
                query.parameters().getOrDefault("ms", List.of("0")).get(0)));
        switch (query.path()) {
            case "/block" -> Thread.sleep(pause.toMillis());
            case "/safepoint" -> Standstill.of(pause);
            case "/spawn" -> new ProcessBuilder("sleep", "30").start();
            default -> {}
        }
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, BODY.duplicate());
        response.headers()
                .set(HttpHeaderNames.CONTENT_LENGTH, BODY.readableBytes())
                .set(WORKER, worker);
        if (nonce != null) {
            response.headers().set(NONCE, nonce);
        }
        boolean stays = HttpUtil.isKeepAlive(request);
        if (!stays) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        ChannelFuture written = ctx.writeAndFlush(response);
        if (!stays) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            System.err.println("a connection failed: " + cause);
        }
        ctx.close();
    }
}
