package org.nettycluster.worker.drain;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection whose last answer is written: says so to the peer at once, and closes when the peer has closed or
 * has been silent for a while.
 *
 * <p>A close right away would turn into a reset if the peer still sends something, be it an HTTP/2 window update, and a
 * reset throws away what of the answer is still on its way. On the channel's loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class LingeringClose {
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ChannelHandlerContext ctx;
    private long lastHeard;

    /** @param ctx closes through it */
    LingeringClose(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    /** All that was written is flushed; nothing is written any more. */
    void begin() {
        if (!(ctx.channel() instanceof DuplexChannel channel)) {
            ctx.close();
            return;
        }
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.shutdownOutput();
        } else {
            tls.closeOutbound().addListener(said -> channel.shutdownOutput());
        }
        heard();
        look(SILENCE_NANOS);
    }

    /** Something has come from the peer. */
    void heard() {
        lastHeard = System.nanoTime();
    }

    /** The peer has closed its side, and the channel was told not to close by itself then. */
    void peerEnded() {
        ctx.close();
    }

    private void look(long nanos) {
        ctx.executor()
                .schedule(
                        () -> {
                            long left = SILENCE_NANOS - (System.nanoTime() - lastHeard);
                            if (left <= 0) {
                                ctx.close();
                            } else if (ctx.channel().isOpen()) {
                                look(left);
                            }
                        },
                        nanos,
                        TimeUnit.NANOSECONDS);
    }
}
