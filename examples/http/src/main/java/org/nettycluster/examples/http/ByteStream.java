package org.nettycluster.examples.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;

/**
 * A long body, written as fast as the client takes it.
 *
 * <p>On the channel's own loop. It writes while the channel is writable, and after {@link #SHARE} bytes lets the loop's
 * other connections have their turn. All streams share the bytes of one chunk.
 */
final class ByteStream {
    private static final int CHUNK = 16 * 1024;
    private static final int SHARE = 1024 * 1024;
    private static final ByteBuf BYTES = Unpooled.unreleasableBuffer(Unpooled.directBuffer(CHUNK)
            .writeBytes("0123456789abcde\n".repeat(CHUNK / 16).getBytes(StandardCharsets.US_ASCII))
            .asReadOnly());

    private final ChannelHandlerContext ctx;
    private long left;
    private boolean writing;

    ByteStream(ChannelHandlerContext ctx, long length) {
        this.ctx = ctx;
        this.left = length;
    }

    boolean done() {
        return left < 0;
    }

    /** To be called at the start and whenever the channel has become writable. */
    void write() {
        // A flush that empties the channel's buffer calls back at once.
        if (writing || done()) {
            return;
        }
        writing = true;
        int share = SHARE;
        while (left > 0 && share > 0 && ctx.channel().isWritable()) {
            int length = (int) Math.min(left, CHUNK);
            left -= length;
            share -= length;
            ctx.write(new DefaultHttpContent(BYTES.slice(0, length)));
            if (!ctx.channel().isWritable()) {
                ctx.flush();
            }
        }
        if (left == 0) {
            left = -1;
            ctx.write(LastHttpContent.EMPTY_LAST_CONTENT);
        }
        ctx.flush();
        writing = false;
        if (left > 0 && ctx.channel().isWritable()) {
            ctx.executor().execute(this::write);
        }
    }
}
