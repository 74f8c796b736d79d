package org.nettycluster.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Map;

/** The two forms of an answer: one object, or lines that come one by one. Each ends its connection. On the loop. */
final class Answers {
    private Answers() {}

    static void object(ChannelHandlerContext ctx, int status, Map<String, ?> object) {
        ByteBuf body = line(ctx, object);
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), body);
        close(response, "application/json");
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    static void refuse(ChannelHandlerContext ctx, Refusal refusal) {
        object(ctx, refusal.status(), Documents.refusal(refusal));
    }

    static void beginLines(ChannelHandlerContext ctx) {
        var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        close(response, "application/x-ndjson");
        response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        ctx.writeAndFlush(response);
    }

    static void line(ChannelHandlerContext ctx, Map<String, ?> object, boolean flush) {
        ctx.write(new DefaultHttpContent(line(ctx, object)));
        if (flush) {
            ctx.flush();
        }
    }

    static void endLines(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(ChannelFutureListener.CLOSE);
    }

    private static ByteBuf line(ChannelHandlerContext ctx, Map<String, ?> object) {
        return ByteBufUtil.writeUtf8(ctx.alloc(), Json.write(object) + "\n");
    }

    private static void close(HttpResponse response, String type) {
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
}
