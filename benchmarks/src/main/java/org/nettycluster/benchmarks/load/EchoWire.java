package org.nettycluster.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A connection for each attempt: bytes that begin with its nonce go out and must come back, and nothing else; then we end
 * our half of the connection and the server the other.
 */
final class EchoWire implements Wire {
    private final LoadPlan plan;
    private final Dialer dialer;

    EchoWire(LoadPlan plan, Dialer dialer) {
        this.plan = plan;
        this.dialer = dialer;
    }

    @Override
    public void begin(Attempt attempt) {
        Exchange exchange = new Exchange(attempt);
        attempt.onTimeout(
                dialer.dial(pipeline -> pipeline.addLast(exchange), cause -> Dialer.fail(attempt, cause))::close);
    }

    @Override
    public void close() {}

    private final class Exchange extends ChannelInboundHandlerAdapter {
        private final Attempt attempt;
        private final ByteBuf expected;
        private String how = "closed";
        private boolean reset;

        Exchange(Attempt attempt) {
            this.attempt = attempt;
            byte[] nonce = (attempt.nonce() + '\n').getBytes(StandardCharsets.US_ASCII);
            byte[] bytes = Arrays.copyOf(nonce, Math.max(plan.payload(), nonce.length));
            Arrays.fill(bytes, nonce.length, bytes.length, (byte) '.');
            expected = Unpooled.wrappedBuffer(bytes).asReadOnly();
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            attempt.connected(Dialer.localPort(ctx.channel()));
            attempt.sent(null);
            ctx.writeAndFlush(expected.retainedDuplicate());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            try {
                attempt.answering();
                int length = bytes.readableBytes();
                if (length > expected.readableBytes() || !bytes.equals(expected.readSlice(length))) {
                    attempt.end(Outcome.WRONG, "other bytes came back than were sent");
                    ctx.close();
                } else if (!expected.isReadable()) {
                    attempt.answered(null);
                    ((DuplexChannel) ctx.channel()).shutdownOutput();
                }
            } finally {
                bytes.release();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            reset = true;
            how = "reset (" + cause.getMessage() + ")";
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (attempt.isOver()) {
                return;
            }
            if (expected.isReadable()) {
                attempt.lost(how);
                return;
            }
            attempt.eof();
            if (reset) {
                dialer.aside(Aside.RESET_AFTER_ANSWER);
            }
            attempt.end(Outcome.OK, "");
        }
    }
}
