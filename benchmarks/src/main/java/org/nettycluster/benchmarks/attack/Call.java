package org.nettycluster.benchmarks.attack;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.ProtocolException;

/** One connection to a control socket, with nothing in between. One thread; never waits for longer than it is told. */
final class Call implements AutoCloseable {
    private static final long LOOK_NANOS = 20_000;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(128 * 1024);

    private Call(SocketChannel channel) {
        this.channel = channel;
    }

    static Call to(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        channel.configureBlocking(false);
        return new Call(channel);
    }

    /** Says it as far as the other side takes it; what it answers meanwhile is kept. */
    void say(byte[]... all) throws IOException {
        for (byte[] each : all) {
            ByteBuffer out = ByteBuffer.wrap(each);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (out.hasRemaining()) {
                if (channel.write(out) == 0) {
                    if (channel.read(in) < 0 || System.nanoTime() > deadline) {
                        throw new IOException("the other side takes no more");
                    }
                    LockSupport.parkNanos(LOOK_NANOS);
                }
            }
        }
    }

    /** The next frame that comes. */
    Frame hear() throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Frame frame = frame();
            if (frame != null) {
                return frame;
            }
            int count = channel.read(in);
            if (count < 0 || System.nanoTime() > deadline) {
                throw new IOException(count < 0 ? "sent away" : "no answer");
            }
            if (count == 0) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    private @Nullable Frame frame() throws IOException {
        if (in.position() < Integer.BYTES || in.position() < Integer.BYTES + in.getInt(0)) {
            return null;
        }
        in.flip();
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        in.compact();
        try {
            return FrameCodec.read(Unpooled.wrappedBuffer(bytes));
        } catch (ProtocolException e) {
            throw new IOException(e);
        }
    }

    /** Has no more to say, and reads on; whether the other side ended the connection. */
    boolean isEnded() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            channel.shutdownOutput();
            return isSentAway(deadline);
        } catch (IOException e) {
            // Reset, or closed before we were.
            return true;
        }
    }

    /** Whether the other side ends the connection, though we might have more to say. */
    boolean isSentAway() {
        try {
            return isSentAway(System.nanoTime() + PATIENCE.toNanos());
        } catch (IOException e) {
            return true;
        }
    }

    private boolean isSentAway(long deadline) throws IOException {
        while (System.nanoTime() < deadline) {
            in.clear();
            int count = channel.read(in);
            if (count < 0) {
                return true;
            }
            if (count == 0) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
