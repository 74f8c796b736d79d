package org.nettycluster.protocol.passing;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;

/**
 * First handler of a connection that was passed: before close(2) comes shutdown(2), or a reset where SO_LINGER is 0. The
 * sender may not have closed its copy yet, and the client would hear nothing until it has. On the channel's loop; data
 * never passes it.
 */
@Sharable
public final class HangUp extends ChannelOutboundHandlerAdapter {
    /** Its name in the pipeline. */
    public static final String NAME = "ncluster-hang-up";
    /** Stateless. */
    public static final HangUp INSTANCE = new HangUp();

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(HangUp.class);

    private HangUp() {}

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (ctx.channel().isOpen() && !promise.isDone()) {
            hangUp(ctx.channel());
        }
        ctx.close(promise);
    }

    private static void hangUp(Channel channel) {
        Socket socket = (Socket) ((UnixChannel) channel).fd();
        try {
            if (((SocketChannel) channel).config().getSoLinger() == 0) {
                socket.disconnect();
                return;
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.debug("{}: no reset before close, a shutdown instead", channel, e);
        }
        try {
            socket.shutdown(true, true);
        } catch (IOException | NotYetConnectedException e) {
            LOGGER.debug("{}: no shutdown before close, its peer is gone", channel, e);
        }
    }
}
