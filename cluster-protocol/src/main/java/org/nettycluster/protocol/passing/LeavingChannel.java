package org.nettycluster.protocol.passing;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A channel on its way out of Netty: off its loop, without handlers, its connection untouched. Any thread may call; the
 * channel's loop does the work.
 *
 * <p>Owns the channel from {@link #detach} on, unless that says why not. In the end it is closed by close(2) alone: Netty
 * does no shutdown(2), so whoever has another copy of the descriptor notices nothing.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
public final class LeavingChannel {
    private static final String GUARD = "ncluster-leaves";

    private final Channel channel;
    /** The channel's loop's. */
    private boolean owned;

    /** @param channel one that is not {@link #unfit} */
    public LeavingChannel(Channel channel) {
        this.channel = channel;
    }

    /** Why this channel can't be passed; null if it may be. A guess on other threads than the channel's. */
    public static @Nullable String unfit(Channel channel) {
        if (!(channel instanceof AbstractEpollStreamChannel) || !(channel instanceof SocketChannel)) {
            return "only TCP connections on epoll channels can be passed, not a "
                    + channel.getClass().getSimpleName();
        }
        if (!channel.isActive()) {
            return channel + " is not connected: was it passed or closed before?";
        }
        if (!channel.isRegistered()) {
            return channel
                    + " is registered with no event loop: was it passed before? else pass it from its own handlers";
        }
        return null;
    }

    /**
     * Takes it off its loop and its handlers out of its pipeline. At once where this is the channel's loop: then nothing is
     * read any more after this call.
     *
     * @param done told on the channel's loop, once
     */
    public void detach(Consumer<Outcome> done) {
        if (channel.eventLoop().inEventLoop()) {
            begin(done);
            return;
        }
        try {
            channel.eventLoop().execute(() -> begin(done));
        } catch (RejectedExecutionException e) {
            done.accept(Outcome.untouched("the event loop of " + channel + " has ended"));
        }
    }

    /**
     * How a detachment ended.
     *
     * @param failure null if the descriptor may be sent
     * @param isUntouched whether a failure has left the channel as it was
     */
    public record Outcome(@Nullable String failure, boolean isUntouched) {
        private static Outcome untouched(String why) {
            return new Outcome(why, true);
        }

        private static Outcome broken(String why) {
            return new Outcome(why, false);
        }
    }

    private void begin(Consumer<Outcome> done) {
        String why = unfit(channel);
        if (why == null && channel.pipeline().get(GUARD) != null) {
            why = channel + " is being passed already";
        }
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        if (why == null && out != null && (out.size() > 0 || out.totalPendingWriteBytes() > 0)) {
            why = channel + " has " + out.totalPendingWriteBytes()
                    + " bytes to write: flush, and pass it when its write futures are complete";
        }
        if (why != null) {
            done.accept(Outcome.untouched(why));
            return;
        }
        owned = true;
        Guard guard = new Guard();
        channel.pipeline().addFirst(GUARD, guard);
        channel.config().setAutoRead(false);
        channel.deregister().addListener(left -> done.accept(outcome(guard, left.cause())));
    }

    private Outcome outcome(Guard guard, @Nullable Throwable failure) {
        if (failure != null) {
            return Outcome.broken(channel + " can't leave its event loop: " + failure);
        }
        for (String name : List.copyOf(channel.pipeline().toMap().keySet())) {
            if (!name.equals(GUARD)) {
                channel.pipeline().remove(name);
            }
        }
        if (!channel.isOpen()) {
            return Outcome.broken(channel + " has ended before it could be passed");
        }
        if (guard.read) {
            return Outcome.broken(channel + " was read from while it left its event loop");
        }
        return new Outcome(null, false);
    }

    /** To be sent, after {@link #detach} and before {@link #close}. */
    public int descriptor() {
        return ((UnixChannel) channel).fd().intValue();
    }

    /** Whether it still holds its descriptor: a program can close it by force. */
    public boolean isOpen() {
        return channel.isOpen();
    }

    /**
     * Closes it, unless it was left untouched.
     *
     * @param then carried out after that, on the channel's loop as long as there is one
     */
    public void close(Runnable then) {
        try {
            channel.eventLoop().execute(() -> {
                if (owned) {
                    channel.unsafe().close(channel.voidPromise());
                }
                then.run();
            });
        } catch (RejectedExecutionException e) {
            if (owned) {
                // There is no thread any more to tell the listeners of its close future on.
                channel.unsafe().closeForcibly();
            }
            then.run();
        }
    }

    @Override
    public String toString() {
        return channel.toString();
    }

    /**
     * Sees what must not happen any more: that bytes are read, which the receiver would miss, or written; and a close by the
     * program, after which the number of the descriptor could be another connection's when it is sent.
     */
    private final class Guard extends ChannelDuplexHandler {
        private boolean read;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            read = true;
            ReferenceCountUtil.release(message);
        }

        @Override
        public void read(ChannelHandlerContext ctx) {
            // Whoever asked is about to be removed.
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new IOException(channel + " was passed to another process"));
        }

        @Override
        public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
            closeLater(promise);
        }

        @Override
        public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) {
            closeLater(promise);
        }

        private void closeLater(ChannelPromise promise) {
            channel.closeFuture().addListener(closed -> promise.trySuccess());
        }
    }
}
