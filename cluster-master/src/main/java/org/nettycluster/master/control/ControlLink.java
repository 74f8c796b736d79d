package org.nettycluster.master.control;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.nettycluster.protocol.Drained;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.Message;
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
    private boolean refused;

    ControlLink(WorkerId worker, WorkerSession session, ControlEvents events) {
        this.worker = worker;
        this.session = session;
        this.events = events;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
        if (refused) {
            // It came in the same read as what was refused.
            return;
        }
        if (frame instanceof Listen listen) {
            session.listen(listen);
        } else if (frame instanceof Unlisten unlisten) {
            session.unlisten(unlisten.listener());
        } else if (frame instanceof Ready) {
            events.ready(worker);
        } else if (frame instanceof Drained drained) {
            events.drained(worker, drained.forced());
        } else if (frame instanceof Message message) {
            events.message(worker, message);
        } else if (frame instanceof UnknownFrame unknown) {
            LOGGER.debug("worker {} sent a frame of unknown type {}", worker, unknown.type());
            ctx.writeAndFlush(new Unrecognised(unknown.type()));
        } else if (frame instanceof Unrecognised unrecognised) {
            LOGGER.debug("worker {} does not know frames of type {}", worker, unrecognised.type());
        } else {
            refuse(ctx, "a " + frame.getClass().getSimpleName() + " frame, which only a master sends");
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
        if (cause instanceof DecoderException) {
            refuse(ctx, "a malformed frame: " + cause.getMessage());
        } else {
            LOGGER.debug("control connection of worker {} failed", worker, cause);
            ctx.close();
        }
    }

    private void refuse(ChannelHandlerContext ctx, String what) {
        LOGGER.warn("worker {} sent {}: closing its control connection", worker, what);
        refused = true;
        ctx.close();
    }
}
