package org.nettycluster.examples.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;

/**
 * The last handler of each pipeline: closes a channel whose handlers have failed.
 *
 * <p>On the channel's own loop. A client that has gone is no news; anything else is, for whoever wrote the handler.
 */
final class MishapHandler extends ChannelInboundHandlerAdapter {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(MishapHandler.class);

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOGGER.warn("{}: a handler failed: closing it", ctx.channel(), cause);
        }
        ctx.close();
    }
}
