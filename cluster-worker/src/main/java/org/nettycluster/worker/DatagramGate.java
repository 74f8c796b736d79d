package org.nettycluster.worker;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what a UDP channel would read until it is this worker's turn, and ends its reading. First handler of the
 * pipeline; on the channel's loop. Writes pass at any time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class DatagramGate extends ChannelDuplexHandler {
    /** Its name in the pipeline. */
    static final String NAME = "ncluster-turn";

    private static final long LOOK_MILLIS = 10;
    /** A peer that never pauses is left to whoever comes then. */
    private static final int MOST_LOOKS = 100;
    /** One may come between a task that took long and the read that it has kept waiting. */
    private static final int QUIET_LOOKS = 2;

    private enum State {
        WAITS,
        READS,
        READS_OUT,
        STOPPED
    }

    private State state = State.WAITS;
    private @Nullable ChannelHandlerContext context;
    private boolean wanted;
    private boolean heard;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (state == State.READS || state == State.READS_OUT) {
            ctx.read();
        } else {
            wanted = true;
        }
    }

    /** Its turn has come. */
    void open() {
        if (state == State.WAITS) {
            state = State.READS;
            if (wanted && context != null) {
                context.read();
            }
        }
    }

    /** Reads no more. The channel stays open, to answer. False, and nothing is done, if it reads out. */
    boolean stop() {
        if (state == State.READS_OUT) {
            return false;
        }
        state = State.STOPPED;
        if (context != null) {
            context.channel().config().setAutoRead(false);
        }
        return true;
    }

    boolean readsOut() {
        return state == State.READS_OUT;
    }

    /** Reads what is queued, unless it has stopped, and closes the channel as soon as nothing is. */
    void readOut() {
        ChannelHandlerContext ctx = context;
        if (ctx == null || state == State.READS_OUT) {
            return;
        }
        if (state == State.STOPPED) {
            ctx.close();
            return;
        }
        boolean waited = state == State.WAITS;
        state = State.READS_OUT;
        if (waited && wanted) {
            ctx.read();
        }
        lookLater(ctx, MOST_LOOKS, QUIET_LOOKS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        heard = true;
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        if (state == State.READS_OUT
                && ctx.channel().unsafe().recvBufAllocHandle().lastBytesRead() < 0) {
            // The kernel has just said that nothing is there.
            ctx.close();
        }
    }

    private void lookLater(ChannelHandlerContext ctx, int left, int quiet) {
        heard = false;
        ctx.executor()
                .schedule(
                        () -> {
                            if (left == 0 || (!heard && quiet == 1)) {
                                ctx.close();
                            } else if (ctx.channel().isOpen()) {
                                lookLater(ctx, left - 1, heard ? QUIET_LOOKS : quiet - 1);
                            }
                        },
                        LOOK_MILLIS,
                        TimeUnit.MILLISECONDS);
    }
}
