package org.nettycluster.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;

/** Frames as the hexadecimal digits of their bytes, and back; blanks are for the reader. */
final class Bytes {
    private Bytes() {}

    static byte[] of(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** With the length in front, as it goes over the wire. */
    static byte[] written(Frame frame) {
        ByteBuf out = Unpooled.buffer();
        FrameCodec.write(frame, out);
        return ByteBufUtil.getBytes(out);
    }

    /** From the type on, as the decoder passes it to the codec. */
    static Frame read(byte[] payload) throws ProtocolException {
        return FrameCodec.read(Unpooled.wrappedBuffer(payload));
    }
}
