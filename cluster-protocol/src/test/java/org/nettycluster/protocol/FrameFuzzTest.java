package org.nettycluster.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Bytes that nobody of ours would send. A failure names its seed: {@code -Dncluster.seed=…} repeats the run.
 * {@code -Dncluster.soak=true} makes it long.
 */
class FrameFuzzTest {
    private static final boolean SOAK = Boolean.getBoolean("ncluster.soak");
    private static final int ROUNDS = SOAK ? 4_000_000 : 75_000;
    private static final int STREAMS = SOAK ? 200_000 : 2_000;

    private final long seed = Long.getLong("ncluster.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final RandomFrames frames = new RandomFrames(random);
    /** Of this test alone, so that its counters tell of a leak at once. */
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);

    private final long begin = System.nanoTime();
    private int accepted;
    private int refused;
    private long fuzzed;

    @AfterEach
    void speedIsToldOfLongRuns(TestInfo test) {
        if (SOAK) {
            System.out.printf(
                    "%s: %,d frames, %,.0f a second, seed %d%n",
                    test.getDisplayName(), fuzzed, fuzzed * 1e9 / (System.nanoTime() - begin), seed);
        }
    }

    @AfterEach
    void noBufferIsLeft() {
        assertThat(allocator.metric().usedHeapMemory())
                .as("heap, seed %d", seed)
                .isZero();
        assertThat(allocator.metric().usedDirectMemory())
                .as("direct memory, seed %d", seed)
                .isZero();
    }

    @Test
    void randomBytesAreReadOrRefused() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = frames.bytes(random.nextInt(80));
            if (bytes.length > 0 && random.nextInt(10) > 0) {
                bytes[0] = (byte) random.nextInt(25);
            }
            readOrRefused(bytes, round);
        }
        assertThat(accepted).as("seed %d", seed).isPositive();
        assertThat(refused).as("seed %d", seed).isPositive();
    }

    @Test
    void injuredFramesAreReadOrRefused() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] valid = Bytes.written(frames.frame());
            readOrRefused(frames.injured(Arrays.copyOfRange(valid, Integer.BYTES, valid.length)), round);
        }
        assertThat(accepted).as("seed %d", seed).isGreaterThan(ROUNDS / 20);
        assertThat(refused).as("seed %d", seed).isGreaterThan(ROUNDS / 20);
    }

    @Test
    void validFramesSurviveTheRoundTrip() {
        for (int round = 0; round < ROUNDS; round++) {
            Frame frame = frames.frame();
            fuzzed++;
            assertSame(frame, rewritten(frame, round), round);
        }
    }

    @Test
    void injuredStreamsEndInOneDecoderException() {
        int ended = 0;
        for (int round = 0; round < STREAMS; round++) {
            EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(FrameCodec.MAX_FRAME));
            Deque<Frame> sent = new ArrayDeque<>();
            int failures = 0;
            boolean injured = false;
            for (int i = 0; i < 8; i++) {
                Frame frame = frames.frame();
                byte[] bytes = Bytes.written(frame);
                injured |= random.nextInt(6) == 0;
                if (injured) {
                    bytes = frames.injured(bytes);
                } else {
                    sent.add(frame);
                }
                failures += pushed(bytes, channel, round);
            }
            assertThat(failures).as("failures, seed %d, round %d", seed, round).isLessThanOrEqualTo(1);
            ended += failures;
            for (Frame frame : sent) {
                assertSame(frame, channel.readInbound(), round);
            }
            channel.finishAndReleaseAll();
        }
        assertThat(ended).as("seed %d", seed).isPositive();
    }

    /** In pieces, as a socket would. */
    private int pushed(byte[] bytes, EmbeddedChannel channel, int round) {
        fuzzed++;
        int failures = 0;
        for (int from = 0; from < bytes.length; ) {
            int length = Math.min(bytes.length - from, 1 + random.nextInt(bytes.length));
            ByteBuf piece = allocator.buffer(length).writeBytes(bytes, from, length);
            try {
                channel.writeInbound(piece);
            } catch (TooLongFrameException e) {
                failures++;
            } catch (DecoderException e) {
                if (!(e.getCause() instanceof ProtocolException)) {
                    throw failure(round, bytes, e);
                }
                failures++;
            }
            from += length;
        }
        return failures;
    }

    private void readOrRefused(byte[] bytes, int round) {
        fuzzed++;
        ByteBuf in = allocator.buffer(Math.max(1, bytes.length)).writeBytes(bytes);
        Frame frame;
        try {
            frame = FrameCodec.read(in);
        } catch (ProtocolException e) {
            refused++;
            return;
        } catch (RuntimeException | Error e) {
            throw failure(round, bytes, e);
        } finally {
            in.release();
        }
        accepted++;
        if (!(frame instanceof UnknownFrame)) {
            // Whatever is accepted can be said again, and then means the same.
            assertSame(frame, rewritten(frame, round), round);
        }
    }

    private Frame rewritten(Frame frame, int round) {
        ByteBuf buffer = allocator.buffer(64);
        try {
            FrameCodec.write(frame, buffer);
            assertThat(buffer.readInt()).isEqualTo(buffer.readableBytes()).isBetween(1, FrameCodec.MAX_FRAME);
            return FrameCodec.read(buffer);
        } catch (ProtocolException | RuntimeException e) {
            throw failure(round, frame, e);
        } finally {
            buffer.release();
        }
    }

    private void assertSame(Frame expected, Frame actual, int round) {
        // Plain equals first: descriptions are built for failures only.
        if (!expected.equals(actual)) {
            assertThat(actual).as("seed %d, round %d", seed, round).isEqualTo(expected);
        }
    }

    private AssertionError failure(int round, Object what, Throwable cause) {
        String text = what instanceof byte[] bytes ? Bytes.hex(bytes) : what.toString();
        return new AssertionError("-Dncluster.seed=" + seed + ", round " + round + ": " + text, cause);
    }
}
