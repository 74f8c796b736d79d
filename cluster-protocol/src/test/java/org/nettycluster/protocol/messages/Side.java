package org.nettycluster.protocol.messages;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.FrameDecoder;
import org.nettycluster.protocol.FrameEncoder;
import org.nettycluster.protocol.MessageFrame;
import org.nettycluster.protocol.Unrecognised;

/** A mailbox, its threads and its handlers, with frames over whatever channel. */
final class Side implements Correspondent, AutoCloseable {
    final EventLoop loop;
    final MessageThreads threads = new MessageThreads();
    final Mailbox box;
    final BlockingQueue<ClusterMessage> heard = new LinkedBlockingQueue<>();
    final List<Frame> frames = new CopyOnWriteArrayList<>();
    volatile @Nullable Consumer<ClusterMessage> handler = heard::add;
    volatile @Nullable Function<ClusterMessage, @Nullable CompletionStage<ClusterMessage>> answerer =
            CompletableFuture::completedStage;

    Side(String peer, EventLoop loop) {
        this.loop = loop;
        box = new Mailbox(peer, loop, threads, this);
        box.open();
    }

    /** Decodes, keeps frames if asked to, and passes them to the mailbox. */
    ChannelInitializer<Channel> pipeline(boolean keepsFrames) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(
                                new FrameDecoder(FrameCodec.MAX_FRAME), FrameEncoder.INSTANCE, new Reader(keepsFrames));
            }
        };
    }

    private final class Reader extends SimpleChannelInboundHandler<Frame> {
        private final boolean keepsFrames;

        Reader(boolean keepsFrames) {
            this.keepsFrames = keepsFrames;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (!keepsFrames) {
                box.connected(ctx.channel());
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
            if (keepsFrames) {
                frames.add(frame);
            } else if (frame instanceof MessageFrame said) {
                box.received(said);
            } else if (frame instanceof Unrecognised unrecognised) {
                box.unrecognised(unrecognised.type());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            box.ended("its connection has ended");
        }
    }

    @Override
    public boolean takesMessages() {
        return handler != null;
    }

    @Override
    public void message(ClusterMessage message) {
        Consumer<ClusterMessage> to = handler;
        if (to != null) {
            to.accept(message);
        }
    }

    @Override
    public boolean takesRequests() {
        return answerer != null;
    }

    @Override
    public @Nullable CompletionStage<ClusterMessage> request(ClusterMessage request) {
        var by = answerer;
        return by == null ? null : by.apply(request);
    }

    static void run(EventExecutor loop, Runnable task) {
        loop.submit(task).syncUninterruptibly();
    }

    @Override
    public void close() {
        run(loop, () -> box.ended("the test is over"));
        threads.close();
    }
}
