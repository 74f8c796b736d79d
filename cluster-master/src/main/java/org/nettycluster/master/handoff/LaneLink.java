package org.nettycluster.master.handoff;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.nettycluster.master.dispatch.LanePort;
import org.nettycluster.protocol.WorkerId;

/**
 * One lane's socket: descriptors go down, doorbell bytes come up. The last handler of the lane's channel, on the
 * master's loop. It owns no descriptor: the one that is sent stays with its {@code AcceptedConnection}.
 *
 * <p>Descriptors never go through the channel's {@code write}: on EAGAIN that would kill the channel. {@link
 * Socket#sendFd} says EAGAIN by returning -1.
 */
public final class LaneLink extends ChannelInboundHandlerAdapter implements LanePort {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(LaneLink.class);
    private static final long LOG_INTERVAL = TimeUnit.SECONDS.toNanos(10);

    private final WorkerId worker;
    private final Path process;
    private final EpollDomainSocketChannel channel;
    private final Socket socket;
    private final LaneEvents events;
    private boolean starvedBefore;
    private long lastStarvedLog;

    /**
     * @param worker whose lane it is, for the log
     * @param pid of its process, 0 if it is not known
     * @param channel its socket, which has said its hello
     * @param events told of rings and of the end
     */
    public LaneLink(WorkerId worker, long pid, EpollDomainSocketChannel channel, LaneEvents events) {
        this.worker = worker;
        this.process = Path.of("/proc", Long.toString(pid), "stat");
        this.channel = channel;
        this.socket = (Socket) channel.fd();
        this.events = events;
    }

    /** What comes up a lane. */
    public interface LaneEvents {
        /** The worker did something that the page shows; the bytes have been read already. */
        void rang();

        /** The page says what no worker of ours writes; the socket is closed. */
        void broke(String how);

        /** End of file or any error: no message will be sent or received any more. */
        void ended();
    }

    @Override
    public Sent send(int fd) {
        if (!channel.isOpen()) {
            // Netty closes the socket first and tells us in a later task. Its number may be a client's by now, and the
            // message would go there: a byte that nobody has sent, and a connection that reaches nobody or a stranger.
            return Sent.DEAD;
        }
        try {
            return socket.sendFd(fd) == -1 ? Sent.FULL : Sent.YES;
        } catch (NativeIoException e) {
            Sent sent = ErrnoOf.send(e);
            if (sent == Sent.DEAD) {
                LOGGER.debug("lane of worker {} is dead: {}", worker, e.getMessage());
            } else {
                starved(e);
            }
            return sent;
        } catch (IOException e) {
            LOGGER.debug("lane of worker {} is dead: {}", worker, e.getMessage());
            return Sent.DEAD;
        }
    }

    /** It is tried again every few milliseconds, for as long as it takes: not a line for each. */
    private void starved(NativeIoException failure) {
        long now = System.nanoTime();
        if (!starvedBefore || now - lastStarvedLog > LOG_INTERVAL) {
            starvedBefore = true;
            lastStarvedLog = now;
            LOGGER.warn(
                    "can't pass a connection to worker {} now, will try again: {}: is the limit of open files (ulimit "
                            + "-n) too low for what all processes of this user have on its way together?",
                    worker,
                    failure.getMessage());
        }
    }

    /** By proc(5): T in the third field, behind a name that may hold anything. */
    @Override
    public boolean isStopped() {
        try {
            String stat = Files.readString(process, StandardCharsets.ISO_8859_1);
            return stat.startsWith(" T", stat.lastIndexOf(')') + 1);
        } catch (IOException e) {
            // It has ended, and its lanes will.
            return false;
        }
    }

    @Override
    public void close(String why) {
        events.broke(why);
        channel.close();
    }

    @Override
    public void endedWithClaim(byte[] address) {
        if (LOGGER.isDebugEnabled()) {
            LOGGER.debug(
                    "lane of worker {} ended, {} was among its last claims",
                    worker,
                    NativeInetAddress.address(address, 0, address.length));
        }
    }

    /** Closes the socket: the worker has left the listener, or its process has ended. */
    public void close() {
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf)) {
            LOGGER.warn("lane of worker {} delivered a {}: closing it", worker, message.getClass());
            ctx.close();
        }
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        events.rang();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        events.ended();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOGGER.debug("lane of worker {} failed", worker, cause);
        ctx.close();
    }
}
