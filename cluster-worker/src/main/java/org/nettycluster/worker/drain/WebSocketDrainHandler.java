package org.nettycluster.worker.drain;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.worker.ClusterDraining;

/**
 * Ends a WebSocket of a draining worker: a close frame with status 1001, going away, and the connection closes when the
 * peer has answered with its own, or after two seconds. Goes behind {@code WebSocketServerProtocolHandler}, or behind the
 * frame codec of a handshake made by hand:
 *
 * <pre>{@code
 * pipeline.addLast(…, new WebSocketServerProtocolHandler("/chat"), new WebSocketDrainHandler(), …);
 * }</pre>
 *
 * <p>A message of which some fragments are written is finished first. What the application writes after the close frame
 * fails; what still arrives is passed on. Before the handshake it waits. On the channel's loop; one for each channel.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
public final class WebSocketDrainHandler extends ChannelDuplexHandler {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private @Nullable ClusterDraining notice;
    private boolean insideMessage;
    private boolean closeSent;

    /** For one channel. */
    public WebSocketDrainHandler() {}

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        notice = ClusterDraining.of(ctx.channel()).orElse(null);
        sayGoodbye(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ClusterDraining told) {
            notice = told;
        }
        ctx.fireUserEventTriggered(event);
        if (event instanceof ClusterDraining || event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
            sayGoodbye(ctx);
        }
    }

    private void sayGoodbye(ChannelHandlerContext ctx) {
        ClusterDraining told = notice;
        if (told == null || closeSent || insideMessage || ctx.pipeline().get(WebSocketFrameDecoder.class) == null) {
            return;
        }
        closeSent = true;
        ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE));
        Duration wait = told.deadline().compareTo(LONGEST_WAIT) < 0 ? told.deadline() : LONGEST_WAIT;
        ctx.executor().schedule(() -> ctx.close(), wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        // WebSocketServerProtocolHandler lets no close frame pass and closes by itself.
        boolean answer = closeSent && message instanceof CloseWebSocketFrame;
        ctx.fireChannelRead(message);
        if (answer) {
            ctx.close();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!(message instanceof WebSocketFrame frame)) {
            ctx.write(message, promise);
            return;
        }
        if (closeSent) {
            ReferenceCountUtil.release(frame);
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        if (frame instanceof CloseWebSocketFrame) {
            // The application's own goodbye.
            closeSent = true;
        } else if (isData(frame)) {
            insideMessage = !frame.isFinalFragment();
        }
        ctx.write(frame, promise);
        if (notice != null && isData(frame)) {
            sayGoodbye(ctx);
        }
    }

    private static boolean isData(WebSocketFrame frame) {
        return !(frame instanceof PingWebSocketFrame || frame instanceof PongWebSocketFrame);
    }
}
