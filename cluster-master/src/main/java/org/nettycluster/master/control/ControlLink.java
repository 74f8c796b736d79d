package org.nettycluster.master.control;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.codec.DecoderException;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.nettycluster.protocol.Drained;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.Leave;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.ListenUnix;
import org.nettycluster.protocol.MessageFrame;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.UnknownFrame;
import org.nettycluster.protocol.Unlisten;
import org.nettycluster.protocol.Unrecognised;
import org.nettycluster.protocol.WorkerId;

/** Turns the frames of one known worker into calls. Last handler of its control connection, on the master's loop. */
final class ControlLink extends SimpleChannelInboundHandler<Frame> {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ControlLink.class);

    private final WorkerId worker;
    private final WorkerSession session;
    private final ControlEvents events;
    private final Audit audit;
    private final Audit.Peer peer;
    private boolean ready;
    private boolean leaving;
    private boolean drained;
    private boolean refused;

    ControlLink(WorkerId worker, WorkerSession session, ControlEvents events, Audit audit, Audit.Peer peer) {
        this.worker = worker;
        this.session = session;
        this.events = events;
        this.audit = audit;
        this.peer = peer;
    }

    /**
     * A worker may have left and closed just before we say something to it. By default the channel would close when that
     * write fails, and throw away what it has not read: the listeners that were left would stay, as those of a crash do.
     * Now only our half is shut, and the end of file closes the rest.
     */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoClose(false);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
        if (refused || (session.hasEnded() && !(frame instanceof MessageFrame))) {
            // It came in the same read as what was refused, or from a process that binds and drains nothing any more.
            return;
        }
        if (frame instanceof Listen listen) {
            session.listen(listen);
        } else if (frame instanceof ListenUnix listen) {
            session.listen(listen);
        } else if (frame instanceof Unlisten unlisten) {
            session.unlisten(unlisten.listener());
        } else if (frame instanceof Ready) {
            // Once, like the next two: each is a task for another thread, and a line in the log maybe.
            if (!ready) {
                ready = true;
                events.ready(worker);
            }
        } else if (frame instanceof Leave) {
            if (!leaving) {
                leaving = true;
                events.leaving(worker);
            }
        } else if (frame instanceof Drained end) {
            if (!drained) {
                drained = true;
                events.drained(worker, end.forced());
            }
        } else if (frame instanceof MessageFrame said) {
            session.mailbox().received(said);
        } else if (frame instanceof UnknownFrame unknown) {
            LOGGER.debug("worker {} sent a frame of unknown type {}", worker, unknown.type());
            ctx.writeAndFlush(new Unrecognised(unknown.type()));
        } else if (frame instanceof Unrecognised unrecognised) {
            LOGGER.debug("worker {} does not know frames of type {}", worker, unrecognised.type());
            session.mailbox().unrecognised(unrecognised.type());
        } else {
            refuse(
                    ctx,
                    Audit.Offence.OUT_OF_PLACE,
                    "a " + frame.getClass().getSimpleName() + " frame",
                    "frames that a worker sends, after one hello");
        }
    }

    /** A worker that asks and does not listen must not fill our memory with answers. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        session.disconnected();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException decoding) {
            refuse(
                    ctx,
                    Audit.Offence.MALFORMED,
                    "a malformed frame, " + Audit.words(decoding),
                    FrameCodec.MAX_FRAME + " bytes, well-formed");
        } else if (cause instanceof ChannelOutputShutdownException) {
            LOGGER.debug("worker {} hears nothing any more, what it said last is read", worker, cause);
        } else {
            LOGGER.debug("control connection of worker {} failed", worker, cause);
            ctx.close();
        }
    }

    private void refuse(ChannelHandlerContext ctx, Audit.Offence offence, String what, String limit) {
        if (refused) {
            return;
        }
        audit.refused(peer, offence, "worker " + worker + " sent " + what, limit, "closed its control connection");
        refused = true;
        ctx.close();
    }
}
