package org.nettycluster.worker.drain;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.worker.ClusterDraining;

/**
 * Ends an HTTP/2 connection of a draining worker without losing a stream. Goes behind {@code Http2FrameCodec}, or any
 * other {@code Http2ConnectionHandler}, on the connection's own pipeline:
 *
 * <pre>{@code
 * pipeline.addLast(codec, new Http2MultiplexHandler(…), new Http2DrainHandler());
 * }</pre>
 *
 * <p>It sends GOAWAY twice. The first still allows every stream, since the client may have opened some that are on their
 * way; after a ping has come back, or a second, the other one names the last stream. The connection closes when its last
 * stream has ended, however long that takes: the worker's deadline is the limit. On the channel's loop; one for each
 * channel.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
public final class Http2DrainHandler extends ChannelInboundHandlerAdapter {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Http2DrainHandler.class);
    /** What our ping carries: "ncluster". */
    private static final long PING = 0x6e636c7573746572L;

    private static final long ROUND_TRIP_MILLIS = 1000;

    private boolean draining;
    private boolean lastStreamNamed;
    private @Nullable LingeringClose closing;

    /** For one channel. */
    public Http2DrainHandler() {}

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ClusterDraining.of(ctx.channel()).ifPresent(told -> drain(ctx));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ClusterDraining) {
            drain(ctx);
        } else if (event == ChannelInputShutdownEvent.INSTANCE && closing != null) {
            closing.peerEnded();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (closing != null) {
            closing.heard();
        }
        ctx.fireChannelReadComplete();
    }

    private void drain(ChannelHandlerContext ctx) {
        if (draining) {
            return;
        }
        draining = true;
        ChannelHandlerContext codecContext = ctx.pipeline().context(Http2ConnectionHandler.class);
        if (codecContext == null) {
            LOGGER.warn("{}: no HTTP/2 codec in this pipeline, nothing says GOAWAY", ctx.channel());
            return;
        }
        Http2ConnectionHandler codec = (Http2ConnectionHandler) codecContext.handler();
        if (codec.connection().goAwaySent()) {
            // Somebody else has named a last stream already.
            nameLastStream(codecContext, codec);
            return;
        }
        awaitPing(codecContext, codec);
        goAway(codecContext, codec, Integer.MAX_VALUE);
        codec.encoder().writePing(codecContext, false, PING, codecContext.newPromise());
        codecContext.flush();
        codecContext
                .executor()
                .schedule(() -> nameLastStream(codecContext, codec), ROUND_TRIP_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void awaitPing(ChannelHandlerContext codecContext, Http2ConnectionHandler codec) {
        Http2ConnectionDecoder decoder = codec.decoder();
        decoder.frameListener(new Http2FrameListenerDecorator(decoder.frameListener()) {
            @Override
            public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
                if (data == PING) {
                    nameLastStream(codecContext, codec);
                } else {
                    super.onPingAckRead(ctx, data);
                }
            }
        });
    }

    private void nameLastStream(ChannelHandlerContext codecContext, Http2ConnectionHandler codec) {
        if (lastStreamNamed || !codecContext.channel().isActive()) {
            return;
        }
        lastStreamNamed = true;
        Http2Connection connection = codec.connection();
        int created = connection.remote().lastStreamCreated();
        if (!connection.goAwaySent() || connection.remote().lastStreamKnownByPeer() > created) {
            goAway(codecContext, codec, created);
            codecContext.flush();
        }
        connection.addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamRemoved(Http2Stream stream) {
                // Later: the codec is in the middle of something.
                codecContext.executor().execute(() -> closeBehindTheLastStream(codecContext, connection));
            }
        });
        closeBehindTheLastStream(codecContext, connection);
    }

    private void closeBehindTheLastStream(ChannelHandlerContext codecContext, Http2Connection connection) {
        if (closing != null
                || connection.numActiveStreams() > 0
                || !codecContext.channel().isActive()) {
            return;
        }
        // Not through the codec: its own close has a deadline of its own.
        LingeringClose end = new LingeringClose(codecContext);
        closing = end;
        codecContext.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> end.begin());
    }

    private static void goAway(ChannelHandlerContext codecContext, Http2ConnectionHandler codec, int lastStream) {
        codec.goAway(
                codecContext, lastStream, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, codecContext.newPromise());
    }
}
