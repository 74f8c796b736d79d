package org.nettycluster.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a control connection into {@link Frame}s. On its channel's loop. Memory is bounded by the limit given: a longer
 * frame fails as soon as its length has arrived.
 *
 * <p>A failure reaches {@code exceptionCaught} as a {@code DecoderException}: a {@code TooLongFrameException}, or one
 * whose cause is the {@link ProtocolException}. It is the last thing that this decoder says: whatever lies behind a
 * malformed frame is thrown away, even while the connection closes.
 */
public final class FrameDecoder extends LengthFieldBasedFrameDecoder {
    private boolean failed;

    /**
     * For one connection.
     *
     * @param maxFrame longest frame, type and payload, in bytes
     */
    public FrameDecoder(int maxFrame) {
        super(maxFrame + Integer.BYTES, 0, Integer.BYTES, 0, Integer.BYTES);
    }

    @Override
    protected @Nullable Object decode(ChannelHandlerContext ctx, ByteBuf in) throws Exception {
        if (failed) {
            in.skipBytes(in.readableBytes());
            return null;
        }
        failed = true;
        ByteBuf bytes = (ByteBuf) super.decode(ctx, in);
        Frame frame = bytes == null ? null : read(bytes);
        failed = false;
        return frame;
    }

    private static Frame read(ByteBuf bytes) throws ProtocolException {
        try {
            return FrameCodec.read(bytes);
        } finally {
            bytes.release();
        }
    }
}
