package org.nettycluster.master.control;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.handoff.LaneLink;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.FrameDecoder;
import org.nettycluster.protocol.FrameEncoder;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.ProtocolException;
import org.nettycluster.protocol.ProtocolVersion;
import org.nettycluster.protocol.Welcome;

/**
 * The doorkeeper of one connection to the control socket: whoever is not of our user, says nothing for a while, or
 * cannot name a worker and its token is sent away with a line in the log. Everyone else's connection becomes a control
 * connection or a lane. On the master's loop.
 */
final class FirstFrame extends SimpleChannelInboundHandler<Frame> {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(FirstFrame.class);
    private static final String DECODER = "first-frame-decoder";

    private final ControlServer server;
    private final ControlEvents events;
    private @Nullable ScheduledFuture<?> timeout;
    private String peer = "a stranger";
    private boolean settled;
    private boolean refused;

    FirstFrame(ControlServer server, ControlEvents events) {
        this.server = server;
        this.events = events;
    }

    void addTo(EpollDomainSocketChannel channel) {
        channel.pipeline()
                .addLast(DECODER, new FrameDecoder(FrameCodec.MAX_FIRST_FRAME))
                .addLast(this);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        PeerCredentials credentials = ((EpollDomainSocketChannel) ctx.channel()).peerCredentials();
        peer = "process " + credentials.pid() + " of user " + credentials.uid();
        if (credentials.uid() != server.admission().uid()) {
            refuse(ctx, "only user " + server.admission().uid() + " may connect");
            return;
        }
        if (!server.strangerEntered()) {
            refuse(ctx, "too many connections that have not said who they are");
            return;
        }
        Duration patience = server.admission().patience();
        timeout = ctx.executor()
                .schedule(
                        () -> refuse(ctx, "it said nothing for " + patience.toMillis() + " ms"),
                        patience.toNanos(),
                        TimeUnit.NANOSECONDS);
        ctx.channel().closeFuture().addListener(closed -> settle());
        ctx.fireChannelActive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
        if (refused) {
            // It came in the same read as what was refused.
            return;
        }
        if (frame instanceof Hello hello) {
            hello(ctx, hello);
        } else if (frame instanceof LaneHello hello) {
            lane(ctx, hello);
        } else {
            refuse(ctx, "its first frame is " + frame.getClass().getSimpleName() + ", not a hello");
        }
    }

    private void hello(ChannelHandlerContext ctx, Hello hello) {
        WorkerSession session = server.session(hello.worker());
        if (session == null || !session.admits(hello.token())) {
            refuse(ctx, "it says it is worker " + hello.worker() + " but does not know that worker's token");
            return;
        }
        if (session.connectedOnce()) {
            refuse(ctx, "worker " + hello.worker() + " is connected already");
            return;
        }
        int version;
        try {
            version = ProtocolVersion.agree(hello);
        } catch (ProtocolException e) {
            refuse(ctx, e.getMessage());
            return;
        }
        settle();
        LOGGER.debug("worker {} is {}, its JVM is process {}", hello.worker(), peer, hello.pid());
        ctx.pipeline()
                .addLast(FrameEncoder.INSTANCE)
                .addLast(new ControlLink(hello.worker(), session, events))
                .remove(this);
        ctx.channel().writeAndFlush(new Welcome(version));
        session.connected(ctx.channel(), hello.pid());
        // Last: frames that came behind the hello are read at once, and answered.
        ctx.pipeline().replace(DECODER, "frame-decoder", new FrameDecoder(FrameCodec.MAX_FRAME));
    }

    private void lane(ChannelHandlerContext ctx, LaneHello hello) {
        WorkerSession session = server.session(hello.worker());
        if (session == null || !session.admits(hello.token())) {
            refuse(ctx, "it opens a lane of worker " + hello.worker() + " but does not know that worker's token");
            return;
        }
        LaneLink link = session.openLane((EpollDomainSocketChannel) ctx.channel(), hello.listener());
        if (link == null) {
            refuse(
                    ctx,
                    "worker " + hello.worker() + " opens a lane for listener " + hello.listener()
                            + ", which it was not promised");
            return;
        }
        settle();
        ctx.pipeline().addLast(link).remove(this);
        // Last: doorbell bytes that came behind the hello go on to the link.
        ctx.pipeline().remove(DECODER);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        refuse(
                ctx,
                cause instanceof DecoderException
                        ? "its first frame is malformed: " + cause.getMessage()
                        : String.valueOf(cause.getMessage()));
    }

    private void refuse(ChannelHandlerContext ctx, @Nullable String why) {
        if (refused) {
            return;
        }
        refused = true;
        LOGGER.warn("refused {} on {}: {}", peer, server.path(), why);
        settle();
        ctx.close();
    }

    private void settle() {
        if (timeout != null) {
            timeout.cancel(false);
            if (!settled) {
                settled = true;
                server.strangerLeft();
            }
        }
    }
}
