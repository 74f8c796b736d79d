package org.nettycluster.examples.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;

/**
 * Sends a request's body back piece by piece, never faster than the client reads it.
 *
 * <p>On the channel's own loop. It stops the channel's reading when it can't write; whoever made it sets it reading again.
 */
final class Echo {
    private static final AsciiString BYTES = AsciiString.cached("application/octet-stream");

    private final ChannelHandlerContext ctx;

    private Echo(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    /** Writes the head of the answer. */
    static Echo begin(ChannelHandlerContext ctx, HttpRequest request) throws BadRequest {
        boolean chunked = HttpUtil.isTransferEncodingChunked(request);
        HttpHeaders headers = Answers.headers(BYTES, chunked ? 0 : length(request));
        if (chunked) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (HttpUtil.is100ContinueExpected(request)) {
            ctx.write(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        ctx.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, headers));
        return new Echo(ctx);
    }

    private static long length(HttpRequest request) throws BadRequest {
        try {
            return HttpUtil.getContentLength(request, 0L);
        } catch (NumberFormatException e) {
            throw new BadRequest("content-length is no number");
        }
    }

    void write(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            // Its answer has begun; there is no other way left to say it.
            ctx.close();
        } else if (content instanceof LastHttpContent) {
            ctx.channel().config().setAutoRead(true);
            ctx.write(new DefaultLastHttpContent(content.content().retain()));
        } else {
            ctx.write(new DefaultHttpContent(content.content().retain()));
            if (!ctx.channel().isWritable()) {
                ctx.channel().config().setAutoRead(false);
                ctx.flush();
            }
        }
    }
}
