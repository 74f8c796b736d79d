package org.nettycluster.worker.drain;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.worker.ClusterDraining;

/**
 * Ends an HTTP/1.1 connection of a draining worker between two requests. Goes right behind {@code HttpServerCodec}:
 *
 * <pre>{@code
 * pipeline.addLast(new HttpServerCodec(), new Http1DrainHandler(), …);
 * }</pre>
 *
 * <p>The answer to the last request that has arrived says {@code Connection: close}, and the connection closes after it.
 * Requests that a client has pipelined before that are answered, in their order; those behind it are dropped, as the
 * client was told. A connection without a request is not closed at once, since one may be on its way: it stays for the
 * event's idle time, and one that arrives is answered as above. What remains is a request that crosses that close.
 *
 * <p>After an upgrade the connection speaks something else, and this handler leaves. On the channel's loop; one for each
 * channel.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
public final class Http1DrainHandler extends ChannelDuplexHandler {
    private @Nullable ClusterDraining notice;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable LingeringClose closing;
    private long lastHeard;
    /** Requests whose answers have not ended. */
    private int unanswered;
    /** A client that always has one more request under way is not waited for. */
    private boolean patienceEnds;
    /** An answer has said close. */
    private boolean lastBegun;
    /** It is written as a whole. */
    private boolean lastEnded;

    /** For one channel. */
    public Http1DrainHandler() {}

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ClusterDraining.of(ctx.channel()).ifPresent(told -> drain(ctx, told));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ClusterDraining told) {
            drain(ctx, told);
        } else if (event == ChannelInputShutdownEvent.INSTANCE && closing != null) {
            closing.peerEnded();
        }
        ctx.fireUserEventTriggered(event);
    }

    private void drain(ChannelHandlerContext ctx, ClusterDraining told) {
        if (notice == null) {
            notice = told;
            look(ctx, told.idle().toNanos());
        }
    }

    private void look(ChannelHandlerContext ctx, long nanos) {
        timer = ctx.executor().schedule(() -> idleTimePassed(ctx), nanos, TimeUnit.NANOSECONDS);
    }

    private void idleTimePassed(ChannelHandlerContext ctx) {
        ClusterDraining told = notice;
        if (lastBegun || told == null) {
            return;
        }
        if (unanswered > 0) {
            patienceEnds = true;
            return;
        }
        // Bytes that are not yet a request: the beginning of one.
        long left = lastHeard == 0 ? 0 : told.idle().toNanos() - (System.nanoTime() - lastHeard);
        if (left > 0) {
            look(ctx, left);
        } else {
            ctx.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest) {
            unanswered++;
        }
        if (lastBegun && unanswered > (lastEnded ? 0 : 1)) {
            // Behind the last one, or a part of such a request.
            ReferenceCountUtil.release(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (closing != null) {
            closing.heard();
        } else if (notice != null) {
            lastHeard = System.nanoTime();
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (lastEnded) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        if (message instanceof HttpResponse response) {
            if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                ctx.write(message, promise);
                if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
                    ctx.pipeline().remove(this);
                }
                return;
            }
            if (notice != null && (unanswered <= 1 || patienceEnds)) {
                lastBegun = true;
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
        }
        if (!(message instanceof LastHttpContent)) {
            ctx.write(message, promise);
            return;
        }
        unanswered = Math.max(0, unanswered - 1);
        if (lastBegun) {
            lastEnded = true;
            ctx.write(message, promise.unvoid()).addListener(written -> end(ctx));
        } else {
            ctx.write(message, promise);
        }
    }

    private void end(ChannelHandlerContext ctx) {
        if (ctx.channel().isOpen()) {
            closing = new LingeringClose(ctx);
            closing.begin();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stopTimer();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stopTimer();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
