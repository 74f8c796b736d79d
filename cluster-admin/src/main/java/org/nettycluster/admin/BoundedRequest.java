package org.nettycluster.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;

/** Waits for the whole request. One that is longer than any that makes sense is refused in words, and not read on. */
final class BoundedRequest extends HttpObjectAggregator {
    static final int LONGEST_BODY = 16 * 1024;

    BoundedRequest() {
        super(LONGEST_BODY, true);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
        Answers.refuse(
                ctx, Refusal.of(413, "the request's body is too long", "send at most " + LONGEST_BODY + " bytes"));
    }
}
