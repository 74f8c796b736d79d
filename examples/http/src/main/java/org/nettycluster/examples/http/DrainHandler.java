package org.nettycluster.examples.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.util.ReferenceCountUtil;
import org.nettycluster.worker.ClusterDraining;

/**
 * Tells the client to go elsewhere once this worker drains, in the way its protocol has for that.
 *
 * <p>HTTP/1.1: an idle connection stays, because a request may be on its way; the next answer says {@code Connection:
 * close}, and {@link Turns} closes after it. HTTP/2: a GOAWAY that still allows every stream, since the client may have
 * opened some that are on their way, and after a round trip the one that names the last stream; the connection closes when
 * its last stream has ended.
 *
 * <p>On the connection's own loop, behind the codec and in front of what answers.
 */
final class DrainHandler extends ChannelDuplexHandler {
    private static final long PING = 0x647261696e696e67L;

    private boolean http2;
    private boolean draining;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        http2 = ctx.pipeline().get(Http2FrameCodec.class) != null;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ClusterDraining && !draining) {
            draining = true;
            if (http2) {
                Http2GoAwayFrame warning = new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
                warning.setExtraStreamIds(Integer.MAX_VALUE);
                ctx.write(warning);
                ctx.writeAndFlush(new DefaultHttp2PingFrame(PING));
            }
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (draining && message instanceof Http2PingFrame ping && ping.ack() && ping.content() == PING) {
            ctx.write(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
            // The codec waits with it until no stream is left.
            ctx.close();
        }
        if (http2) {
            // Frames of the connection: the codec has acted on them, nobody behind it wants them.
            ReferenceCountUtil.release(message);
        } else {
            super.channelRead(ctx, message);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
        if (draining && message instanceof HttpResponse response) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        super.write(ctx, message, promise);
    }
}
