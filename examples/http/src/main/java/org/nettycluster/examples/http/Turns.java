package org.nettycluster.examples.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;

/**
 * Lets one HTTP/1.1 request in at a time, so that a pipelining client gets its answers in order, and ends the connection
 * after the answer that is its last.
 *
 * <p>On the connection's own loop, right behind the codec. It owns the requests that wait: what is behind it may answer when
 * it likes. While many wait, it does not read.
 */
final class Turns extends ChannelDuplexHandler {
    private static final int WAITING_LIMIT = 64;

    private final ArrayDeque<Object> waiting = new ArrayDeque<>();
    private boolean answering;
    private boolean keepAlive;
    private boolean oldClient;
    private boolean ended;
    private boolean lettingIn;
    private boolean wantsRead;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (ended) {
            ReferenceCountUtil.release(message);
        } else if (!waiting.isEmpty() || (answering && message instanceof HttpRequest)) {
            waiting.add(message);
        } else {
            letIn(ctx, message);
        }
    }

    private void letIn(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            answering = true;
            keepAlive = request.decoderResult().isSuccess() && HttpUtil.isKeepAlive(request);
            oldClient = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                // An answer before the answer.
                ctx.write(message, promise);
                return;
            }
            mark(response.headers());
        }
        if (!(message instanceof LastHttpContent)) {
            ctx.write(message, promise);
            return;
        }
        answering = false;
        if (keepAlive) {
            ctx.write(message, promise);
            letNextIn(ctx);
        } else {
            ended = true;
            ctx.write(message, promise.unvoid()).addListener(ChannelFutureListener.CLOSE);
            releaseWaiting();
        }
    }

    /** Either side may have decided that this is the last answer. */
    private void mark(HttpHeaders headers) {
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (headers.contains(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)) {
            keepAlive = false;
        } else if (oldClient) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /** A loop and no recursion: each answer given at once comes back here through {@link #write}. */
    private void letNextIn(ChannelHandlerContext ctx) {
        if (lettingIn || waiting.isEmpty()) {
            return;
        }
        lettingIn = true;
        while (!waiting.isEmpty() && !(answering && waiting.peek() instanceof HttpRequest)) {
            letIn(ctx, waiting.remove());
        }
        lettingIn = false;
        if (wantsRead && waiting.size() < WAITING_LIMIT) {
            wantsRead = false;
            ctx.read();
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (waiting.size() < WAITING_LIMIT) {
            ctx.read();
        } else {
            wantsRead = true;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        releaseWaiting();
    }

    private void releaseWaiting() {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }
}
