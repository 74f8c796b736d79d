package org.nettycluster.examples.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.worker.ClusterDraining;
import org.nettycluster.worker.drain.Http1DrainHandler;
import org.nettycluster.worker.drain.Http2DrainHandler;

/**
 * Looks at a connection's first bytes, installs HTTP/2 if they are its preface and HTTP/1.1 if not, and leaves.
 *
 * <p>On the connection's own loop. Most clients never write a byte that a preface could begin with, so that they are known
 * by the first read.
 */
final class ProtocolDetector extends ByteToMessageDecoder {
    private static final ByteBuf PREFACE = Unpooled.unreleasableBuffer(Http2CodecUtil.connectionPrefaceBuf());
    private static final long MAX_STREAMS = 1000;
    // More than one read can bring; Turns reads no further while many wait.
    private static final int PIPELINE_DEPTH = 4096;

    private final ThisProcess process;
    private @Nullable ClusterDraining draining;

    ProtocolDetector(ThisProcess process) {
        this.process = process;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        int seen = Math.min(in.readableBytes(), PREFACE.readableBytes());
        boolean http2 = ByteBufUtil.equals(in, in.readerIndex(), PREFACE, PREFACE.readerIndex(), seen);
        if (http2 && seen < PREFACE.readableBytes()) {
            return;
        }
        ChannelPipeline pipeline = ctx.pipeline();
        if (http2) {
            speakHttp2(pipeline);
        } else {
            pipeline.addLast(
                    new HttpServerCodec(new HttpDecoderConfig(), PIPELINE_DEPTH),
                    new Http1DrainHandler(),
                    new Turns(),
                    new Routes(process),
                    new MishapHandler());
        }
        if (draining != null) {
            ctx.fireUserEventTriggered(draining);
        }
        // Its removal passes the bytes on to those just added.
        pipeline.remove(this);
    }

    private void speakHttp2(ChannelPipeline pipeline) {
        pipeline.addLast(
                Http2FrameCodecBuilder.forServer()
                        .initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(MAX_STREAMS))
                        .build(),
                new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.pipeline()
                                .addLast(
                                        new Http2StreamFrameToHttpObjectCodec(true),
                                        new Routes(process),
                                        new MishapHandler());
                    }
                }),
                new Http2DrainHandler(),
                new MishapHandler());
    }

    /** Nobody behind this handler could hear it yet. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ClusterDraining news) {
            draining = news;
            ctx.executor().schedule(() -> closeIfSilent(ctx), news.idle().toNanos(), TimeUnit.NANOSECONDS);
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    private static void closeIfSilent(ChannelHandlerContext ctx) {
        if (!ctx.isRemoved()) {
            ctx.close();
        }
    }
}
