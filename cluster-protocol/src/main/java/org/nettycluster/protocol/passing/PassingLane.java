package org.nettycluster.protocol.passing;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The socket on which descriptors of passed connections go, both ways. One for each worker, opened when it is needed. The
 * last handler of its channel, on the loop of the control connection; owns the socket, and no descriptor.
 *
 * <p>Descriptors never go through the channel's {@code write}: on EAGAIN that would kill the channel.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
public final class PassingLane extends ChannelInboundHandlerAdapter {
    private static final int EINVAL = 22;
    private static final int EMSGSIZE = 90;
    private static final int ECONNRESET = 104;
    private static final int ETOOMANYREFS = 109;
    private static final int ENOBUFS = 105;
    private static final int ENOMEM = 12;

    private final Events events;
    private @Nullable EpollDomainSocketChannel channel;
    private boolean ended;

    /** @param events told what comes */
    public PassingLane(Events events) {
        this.events = events;
    }

    /** What comes on a lane. Each message counts, and each calls one of the first two. */
    public interface Events {
        /** The receiver owns it. */
        void received(int descriptor);

        /** A message has come without its descriptor: this process has no number for it. */
        void lost();

        /** Nothing comes any more, and nothing can be sent. Told once. */
        void ended(String why);
    }

    /** What became of a descriptor. */
    public enum Sent {
        /** It is in the pipe; ours is still ours. */
        YES,
        /** Not now: the pipe is full, or the kernel has no room. */
        LATER,
        /** Never: the lane is dead. */
        DEAD
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = (EpollDomainSocketChannel) ctx.channel();
    }

    /** Sends a copy of it. */
    public Sent send(int descriptor) {
        EpollDomainSocketChannel to = channel;
        if (ended || to == null || !to.isActive()) {
            return Sent.DEAD;
        }
        try {
            return ((Socket) to.fd()).sendFd(descriptor) == -1 ? Sent.LATER : Sent.YES;
        } catch (NativeIoException e) {
            return isPassing(-e.expectedErr()) ? Sent.LATER : Sent.DEAD;
        } catch (IOException e) {
            return Sent.DEAD;
        }
    }

    // Limits of the user and of the machine.
    private static boolean isPassing(int errno) {
        return errno == ETOOMANYREFS || errno == ENOBUFS || errno == ENOMEM;
    }

    /** Ends it; the events hear of that. */
    public void close(String why) {
        if (ended) {
            return;
        }
        ended = true;
        EpollDomainSocketChannel open = channel;
        if (open != null && open.isOpen()) {
            // Not within a read: Netty would go on to read from a number that may be another socket's by then.
            open.eventLoop().execute(open::close);
        }
        events.ended(why);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
        if (!(message instanceof FileDescriptor descriptor)) {
            ReferenceCountUtil.release(message);
            close("bytes came on it");
        } else if (ended) {
            descriptor.close();
        } else {
            events.received(descriptor.intValue());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        int errno = cause instanceof NativeIoException failure ? -failure.expectedErr() : 0;
        // recvFd has consumed the message in these cases, and in no other: control data cut short, or more than one fd.
        if (errno == EMSGSIZE || errno == EINVAL) {
            if (!ended) {
                events.lost();
            }
        } else if (errno == ECONNRESET) {
            close("it was closed");
        } else {
            close("it failed: " + cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close("it was closed");
    }
}
