package org.nettycluster.examples.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;

/** Builds whole answers; stateless. A HEAD gets the headers of the GET and no body. */
final class Answers {
    static final AsciiString TEXT = AsciiString.cached("text/plain; charset=utf-8");
    static final AsciiString JSON = AsciiString.cached("application/json");

    private Answers() {}

    /** Headers of an answer of a known length. Not validated again: nothing unchecked that a client sent gets into them. */
    static HttpHeaders headers(AsciiString type, long length) {
        return DefaultHttpHeadersFactory.headersFactory()
                .withValidation(false)
                .newHeaders()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(length));
    }

    /** Takes over {@code body}. */
    static FullHttpResponse of(HttpRequest request, HttpResponseStatus status, AsciiString type, ByteBuf body) {
        HttpHeaders headers = headers(type, body.readableBytes());
        ByteBuf sent = body;
        if (request.method().equals(HttpMethod.HEAD)) {
            body.release();
            sent = Unpooled.EMPTY_BUFFER;
        }
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, sent, headers, EmptyHttpHeaders.INSTANCE);
    }

    static FullHttpResponse of(
            ChannelHandlerContext ctx, HttpRequest request, HttpResponseStatus status, AsciiString type, String body) {
        return of(request, status, type, ByteBufUtil.writeUtf8(ctx.alloc(), body));
    }
}
