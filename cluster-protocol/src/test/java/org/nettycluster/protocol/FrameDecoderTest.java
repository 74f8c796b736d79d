package org.nettycluster.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {
    private static final Frame FIRST = new Message("text/plain", Bytes.of("0102030405"));
    private static final Frame SECOND = new Drain(1234);

    @Test
    void framesArriveWhereverTheStreamIsSplit() {
        byte[] bytes = concat(Bytes.written(FIRST), Bytes.written(SECOND));
        for (int split = 0; split <= bytes.length; split++) {
            EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(FrameCodec.MAX_FRAME));
            channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, split));
            channel.writeInbound(Unpooled.copiedBuffer(bytes, split, bytes.length - split));
            assertThat(frames(channel)).as("split at %d", split).containsExactly(FIRST, SECOND);
            assertThat(channel.finish()).isFalse();
        }
    }

    @Test
    void framesArriveByteByByte() {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(FrameCodec.MAX_FRAME));
        for (byte one : concat(Bytes.written(FIRST), Bytes.written(SECOND))) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {one}));
        }
        assertThat(frames(channel)).containsExactly(FIRST, SECOND);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void bothFramesOfOneBufferArriveInOrder() {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(FrameCodec.MAX_FRAME));
        ByteBuf buffer = Unpooled.wrappedBuffer(concat(Bytes.written(FIRST), Bytes.written(SECOND)));
        channel.writeInbound(buffer);
        assertThat(frames(channel)).containsExactly(FIRST, SECOND);
        assertThat(buffer.refCnt()).isZero();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void encoderAndDecoderAreInverse() {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(FrameCodec.MAX_FRAME), FrameEncoder.INSTANCE);
        channel.writeOutbound(FIRST, SECOND);
        while (channel.readOutbound() instanceof ByteBuf bytes) {
            channel.writeInbound(bytes);
        }
        assertThat(frames(channel)).containsExactly(FIRST, SECOND);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void longestFrameFitsAndOneByteMoreFails() {
        EmbeddedChannel fits = new EmbeddedChannel(new FrameDecoder(20));
        fits.writeInbound(Unpooled.buffer().writeInt(20).writeByte(99).writeZero(19));
        assertThat(frames(fits)).containsExactly(new UnknownFrame(99));
        assertThat(fits.finish()).isFalse();

        EmbeddedChannel fails = new EmbeddedChannel(new FrameDecoder(20));
        assertThatExceptionOfType(TooLongFrameException.class)
                .isThrownBy(() -> fails.writeInbound(Unpooled.buffer().writeInt(21)));
        assertThat(fails.finish()).isFalse();
    }

    @Test
    void oversizedLengthFailsAtOnceAndKeepsNothing() {
        for (long length : new long[] {FrameCodec.MAX_FRAME + 1L, Integer.MAX_VALUE, 0x8000_0000L, 0xffff_ffffL}) {
            EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(FrameCodec.MAX_FRAME));
            assertThatExceptionOfType(TooLongFrameException.class)
                    .as("length %d", length)
                    .isThrownBy(() -> channel.writeInbound(Unpooled.buffer().writeInt((int) length)));
            // Whoever sends on before the close finds nobody who collects it.
            for (int i = 0; i < 100; i++) {
                ByteBuf more = Unpooled.buffer(10_000).writeZero(10_000);
                channel.writeInbound(more);
                assertThat(more.refCnt()).as("buffer %d behind the length", i).isZero();
            }
            assertThat(frames(channel)).isEmpty();
            assertThat(channel.finish()).isFalse();
        }
    }

    @Test
    void emptyFrameIsMalformed() {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(FrameCodec.MAX_FRAME));
        assertThatExceptionOfType(DecoderException.class)
                .isThrownBy(() -> channel.writeInbound(Unpooled.buffer().writeInt(0)))
                .withCauseInstanceOf(ProtocolException.class);
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void nothingBehindAMalformedFrameIsRead() {
        byte[] negativeDeadline = Bytes.of("00000009 09 ffffffffffffffff");
        byte[] bytes = concat(Bytes.written(FIRST), concat(negativeDeadline, Bytes.written(SECOND)));
        for (int split = 0; split <= bytes.length; split++) {
            List<Object> seen = new ArrayList<>();
            EmbeddedChannel channel =
                    new EmbeddedChannel(new FrameDecoder(FrameCodec.MAX_FRAME), new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelRead(ChannelHandlerContext ctx, Object message) {
                            seen.add(message);
                        }

                        @Override
                        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                            seen.add(cause.getCause().getClass());
                            ctx.close();
                        }
                    });
            channel.writeOneInbound(Unpooled.copiedBuffer(bytes, 0, split));
            channel.writeOneInbound(Unpooled.copiedBuffer(bytes, split, bytes.length - split));
            channel.runPendingTasks();
            assertThat(seen).as("split at %d", split).containsExactly(FIRST, ProtocolException.class);
            assertThat(channel.isOpen()).isFalse();
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void unfinishedFrameIsForgottenAtTheEnd() {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(FrameCodec.MAX_FRAME));
        ByteBuf part = Unpooled.copiedBuffer(Bytes.written(FIRST), 0, 9);
        channel.writeInbound(part);
        assertThat(channel.finish()).isFalse();
        assertThat(part.refCnt()).isZero();
    }

    @Test
    void aLongerLimitTakesOverBehindTheHelloAndLosesNoByte() {
        Frame hello = new Hello(1, 1, new WorkerId(1, 1), Token.random(), 42);
        Frame large = new Message("text/plain", new byte[5000]);
        byte[] bytes = concat(Bytes.written(hello), concat(Bytes.written(large), Bytes.written(new Ready())));
        for (int split = 0; split <= bytes.length; split += split < 60 ? 1 : 997) {
            List<Object> seen = new ArrayList<>();
            EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(FrameCodec.MAX_FIRST_FRAME));
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    seen.add(message);
                    if (message instanceof Hello) {
                        ctx.pipeline().replace(FrameDecoder.class, "frames", new FrameDecoder(FrameCodec.MAX_FRAME));
                    }
                }
            });
            channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, split));
            channel.writeInbound(Unpooled.copiedBuffer(bytes, split, bytes.length - split));
            assertThat(seen).as("split at %d", split).containsExactly(hello, large, new Ready());
            assertThat(channel.finish()).isFalse();
        }
    }

    @Test
    void aStrangerCannotSendALongFirstFrame() {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(FrameCodec.MAX_FIRST_FRAME));
        assertThatExceptionOfType(TooLongFrameException.class)
                .isThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(
                        Bytes.written(new Message("text/plain", new byte[FrameCodec.MAX_FIRST_FRAME])))));
        assertThat(channel.finish()).isFalse();
    }

    private static List<Object> frames(EmbeddedChannel channel) {
        List<Object> frames = new ArrayList<>();
        for (Object frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
            frames.add(frame);
        }
        return frames;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
