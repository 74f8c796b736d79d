package org.nettycluster.master.control;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.accept.DatagramSeat;
import org.nettycluster.master.control.Audit.Offence;
import org.nettycluster.master.handoff.ErrnoOf;
import org.nettycluster.master.handoff.LaneLink;
import org.nettycluster.protocol.DatagramAnswer;
import org.nettycluster.protocol.DatagramHello;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.FrameDecoder;
import org.nettycluster.protocol.FrameEncoder;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.ProtocolException;
import org.nettycluster.protocol.ProtocolVersion;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.Welcome;
import org.nettycluster.protocol.WorkerId;
import org.nettycluster.protocol.messages.PassingDesk;
import org.nettycluster.protocol.passing.PassingLane;

/**
 * The doorkeeper of one connection to the control socket: whoever is not of our user, says nothing for a while, or
 * cannot name a worker and its token, or is another process than the one that the token was made for, is sent away with
 * a line of {@link Audit}. Everyone else's connection becomes a control connection or a lane. On the master's loop.
 */
final class FirstFrame extends SimpleChannelInboundHandler<Frame> {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(FirstFrame.class);
    private static final String DECODER = "first-frame-decoder";
    private static final int EADDRINUSE = 98;
    private static final int ESHUTDOWN = 108;

    private final ControlServer server;
    private final ControlEvents events;
    private @Nullable ScheduledFuture<?> timeout;
    private Audit.Peer peer = new Audit.Peer(-1, -1);
    private boolean settled;
    private boolean refused;

    FirstFrame(ControlServer server, ControlEvents events) {
        this.server = server;
        this.events = events;
    }

    void addTo(EpollDomainSocketChannel channel) {
        FrameDecoder decoder = new FrameDecoder(FrameCodec.MAX_FIRST_FRAME);
        // What lies behind the first frame is for whoever takes over, which may have to wait.
        decoder.setSingleDecode(true);
        channel.pipeline().addLast(DECODER, decoder).addLast(this);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        peer = Audit.Peer.of(((EpollDomainSocketChannel) ctx.channel()).peerCredentials());
        int user = server.admission().uid();
        if (peer.user() != user) {
            refuse(ctx, Offence.FOREIGN_USER, "it connected", "only user " + user + " may connect");
            return;
        }
        if (!server.strangerEntered()) {
            refuse(
                    ctx,
                    Offence.CROWD,
                    "it connected as one of too many connections that have not said who they are",
                    server.admission().strangers() + " at once");
            return;
        }
        Duration patience = server.admission().patience();
        timeout = ctx.executor()
                .schedule(
                        () -> refuse(
                                ctx,
                                Offence.SILENCE,
                                "it said no whole frame for " + patience.toMillis() + " ms",
                                patience.toMillis() + " ms for the first frame"),
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
        } else if (frame instanceof DatagramHello hello) {
            datagram(ctx, hello);
        } else {
            refuse(
                    ctx,
                    Offence.OUT_OF_PLACE,
                    "its first frame is " + frame.getClass().getSimpleName() + ", not a hello",
                    "a hello first");
        }
    }

    private void hello(ChannelHandlerContext ctx, Hello hello) {
        WorkerSession session = server.session(hello.worker());
        if (session == null || !session.admits(hello.token())) {
            refuse(
                    ctx,
                    Offence.WRONG_TOKEN,
                    "it says it is worker " + hello.worker() + " but does not know that worker's token",
                    "the token of a process that runs");
            return;
        }
        Bearer bearer = session.bearer();
        if (!bearer.isKnown()) {
            ctx.channel().config().setAutoRead(false);
            bearer.whenKnown(() -> {
                if (!refused && ctx.channel().isActive()) {
                    ctx.channel().config().setAutoRead(true);
                    hello(ctx, hello);
                }
            });
            return;
        }
        if (!bearer.mayBe(peer.pid())) {
            refuse(
                    ctx,
                    Offence.FOREIGN_PROCESS,
                    "it says it is worker " + hello.worker() + " with that worker's token",
                    "" + bearer);
            return;
        }
        if (session.connectedOnce()) {
            refuse(
                    ctx,
                    Offence.USED_TOKEN,
                    "it says hello again as worker " + hello.worker(),
                    "one hello for each token");
            return;
        }
        int version;
        try {
            version = ProtocolVersion.agree(hello);
        } catch (ProtocolException e) {
            refuse(ctx, Offence.UNKNOWN_VERSION, String.valueOf(e.getMessage()), "a version that both speak");
            return;
        }
        settle();
        LOGGER.debug("worker {} is {}, its JVM is process {}", hello.worker(), peer, hello.pid());
        ctx.pipeline()
                .addLast(FrameEncoder.INSTANCE)
                .addLast(new ControlLink(hello.worker(), session, events, server.audit(), peer))
                .remove(this);
        ctx.channel().writeAndFlush(new Welcome(version));
        session.connected(ctx.channel(), peer);
        // Last: frames that came behind the hello are read at once, and answered.
        ctx.pipeline().replace(DECODER, "frame-decoder", new FrameDecoder(FrameCodec.MAX_FRAME));
    }

    /**
     * Who connects besides its control connection must know the worker's token, and be the process that said hello.
     *
     * @param attempt what it tries, for the audit
     * @return null if it was refused
     */
    private @Nullable WorkerSession admitted(ChannelHandlerContext ctx, WorkerId worker, Token token, String attempt) {
        WorkerSession session = server.session(worker);
        if (session == null || !session.admits(token)) {
            refuse(
                    ctx,
                    Offence.WRONG_TOKEN,
                    attempt + " of worker " + worker + " but does not know that worker's token",
                    "the token of a process that runs");
            return null;
        }
        if (!session.bearer().speaksAs(peer.pid())) {
            refuse(
                    ctx,
                    Offence.FOREIGN_PROCESS,
                    attempt + " of worker " + worker + " with that worker's token",
                    "the process that said hello");
            return null;
        }
        return session;
    }

    private void lane(ChannelHandlerContext ctx, LaneHello hello) {
        WorkerSession session = admitted(ctx, hello.worker(), hello.token(), "it opens a lane");
        if (session == null) {
            return;
        }
        if (hello.listener() == LaneHello.PASSING) {
            passingLane(ctx, hello, session.mailbox().passing());
            return;
        }
        LaneLink link = session.openLane((EpollDomainSocketChannel) ctx.channel(), hello);
        if (link == null && session.isLate(hello)) {
            LOGGER.debug("worker {} has left listener {} before its lane came", hello.worker(), hello.listener());
            settle();
            ctx.close();
            return;
        }
        if (link == null) {
            refuse(
                    ctx,
                    Offence.NOT_PROMISED,
                    "worker " + hello.worker() + " opens a lane for listener " + hello.listener()
                            + ", which it was not promised",
                    "one lane for each bind");
            return;
        }
        settle();
        ctx.pipeline().addLast(link).remove(this);
        // Last: doorbell bytes that came behind the hello go on to the link.
        ctx.pipeline().remove(DECODER);
    }

    private void passingLane(ChannelHandlerContext ctx, LaneHello hello, PassingDesk desk) {
        PassingLane lane = desk.openLane();
        if (lane == null) {
            refuse(
                    ctx,
                    Offence.NOT_PROMISED,
                    "worker " + hello.worker() + " opens another lane for connections that it passes",
                    "one for each worker");
            return;
        }
        settle();
        // Before the worker hears that it may send: a read in the other mode would throw a descriptor away.
        ((EpollDomainSocketChannel) ctx.channel()).config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
        ctx.pipeline().addLast(lane).remove(this);
        ctx.pipeline().remove(DECODER);
        // Not within this read, which may go on in the old mode.
        ctx.channel().eventLoop().execute(desk::laneIsOpen);
    }

    private void datagram(ChannelHandlerContext ctx, DatagramHello hello) {
        WorkerSession session = admitted(ctx, hello.worker(), hello.token(), "it fetches a UDP socket");
        if (session == null) {
            return;
        }
        settle();
        ctx.pipeline().addLast(FrameEncoder.INSTANCE);
        try {
            if (session.isDraining()) {
                throw new IOException(
                        "the master has asked worker " + hello.worker() + " to finish: it binds nothing any more");
            }
            DatagramSeat seat = server.datagrams().join(hello);
            ctx.channel().writeAndFlush(new DatagramAnswer(0, seat.address(), ""));
            ctx.pipeline().addLast(new DatagramLink(hello.worker(), ctx.channel(), seat, events));
        } catch (IOException e) {
            ctx.channel()
                    .writeAndFlush(new DatagramAnswer(errno(e), hello.address(), String.valueOf(e.getMessage())))
                    .addListener(ChannelFutureListener.CLOSE);
        }
        ctx.pipeline().remove(this);
        // Last: a byte that came behind the hello goes on to the link.
        ctx.pipeline().remove(DECODER);
    }

    private static int errno(IOException failure) {
        if (failure instanceof NativeIoException e) {
            return ErrnoOf.number(e);
        }
        return failure instanceof BindException ? EADDRINUSE : ESHUTDOWN;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException decoding) {
            refuse(
                    ctx,
                    Offence.MALFORMED,
                    "its first frame is malformed, " + Audit.words(decoding),
                    FrameCodec.MAX_FIRST_FRAME + " bytes, well-formed");
        } else {
            refuse(ctx, Offence.FAILURE, "it failed with " + cause.getMessage(), "a connection that works");
        }
    }

    private void refuse(ChannelHandlerContext ctx, Offence offence, String tried, String limit) {
        if (refused) {
            return;
        }
        refused = true;
        server.audit().refused(peer, offence, tried, limit, "closed its connection");
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
