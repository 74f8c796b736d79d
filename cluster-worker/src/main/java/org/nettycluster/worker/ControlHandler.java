package org.nettycluster.worker;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.ListenFailed;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.MessageFrame;
import org.nettycluster.protocol.ProtocolVersion;
import org.nettycluster.protocol.UnknownFrame;
import org.nettycluster.protocol.Unrecognised;
import org.nettycluster.protocol.Welcome;
import org.nettycluster.protocol.messages.Mailbox;

/**
 * Reads what the master says, and calls plain methods of the link. On the control loop. Decides nothing but what to do
 * with words that it does not know.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class ControlHandler extends SimpleChannelInboundHandler<Frame> {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ControlHandler.class);

    private final MasterLink link;
    private final Mailbox mailbox;
    private @Nullable String failure;

    ControlHandler(MasterLink link, Mailbox mailbox) {
        super(Frame.class);
        this.link = link;
        this.mailbox = mailbox;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(new Hello(
                ProtocolVersion.OLDEST,
                ProtocolVersion.NEWEST,
                link.environment().worker(),
                link.environment().token(),
                ProcessHandle.current().pid()));
        ctx.fireChannelActive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
        if (frame instanceof Welcome) {
            link.onWelcome();
            mailbox.connected(
                    ctx.channel(),
                    () -> PassingCall.open(link.environment(), ctx.channel().eventLoop(), mailbox.passing()));
        } else if (frame instanceof Listening listening) {
            link.onListening(listening);
        } else if (frame instanceof ListenFailed failed) {
            link.onListenFailed(failed);
        } else if (frame instanceof Drain drain) {
            link.onDrain(drain);
        } else if (frame instanceof MessageFrame said) {
            mailbox.received(said);
        } else if (frame instanceof UnknownFrame unknown) {
            ctx.writeAndFlush(new Unrecognised(unknown.type()));
        } else if (frame instanceof Unrecognised unrecognised) {
            mailbox.unrecognised(unrecognised.type());
            link.onUnrecognised(unrecognised.type());
        } else {
            LOGGER.debug("master says {}, which means nothing to a worker", frame);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable root = cause.getCause() != null ? cause.getCause() : cause;
        failure = String.valueOf(root.getMessage());
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        link.onMasterLost(failure);
        ctx.fireChannelInactive();
    }
}
