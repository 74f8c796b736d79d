package org.nettycluster.worker;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.FrameDecoder;
import org.nettycluster.protocol.FrameEncoder;

/** The connection over which a worker and its master talk. Any thread, once it is open. Owns the socket. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class ControlConnection {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ControlConnection.class);

    private final Channel channel;

    private ControlConnection(Channel channel) {
        this.channel = channel;
    }

    /**
     * Calls the master, and blocks until the connection is there: not to be called on the loop.
     *
     * @throws ChannelException that begins with {@code who} and names the cause
     */
    static ControlConnection open(String who, String socket, EventLoop loop, ControlHandler handler) {
        ChannelFuture connect = new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new FrameDecoder(FrameCodec.MAX_FRAME), FrameEncoder.INSTANCE, handler);
                    }
                })
                .connect(new DomainSocketAddress(socket))
                .awaitUninterruptibly();
        if (!connect.isSuccess()) {
            throw new ChannelException(who + ": " + connect.cause().getMessage(), connect.cause());
        }
        return new ControlConnection(connect.channel());
    }

    boolean isActive() {
        return channel.isActive();
    }

    /** Nothing is sent to a master that is gone. */
    void send(Frame frame) {
        if (channel.isActive()) {
            channel.writeAndFlush(frame).addListener(written -> {
                if (!written.isSuccess()) {
                    LOGGER.debug("{} was not sent to the master", frame, written.cause());
                }
            });
        }
    }

    void close() {
        channel.close();
    }
}
