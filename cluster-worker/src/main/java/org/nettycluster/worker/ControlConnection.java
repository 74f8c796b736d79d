package org.nettycluster.worker;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.FrameDecoder;
import org.nettycluster.protocol.FrameEncoder;

/** How a worker calls its master. Called once, off the loop; blocks until the connection is there. */
final class ControlConnection {
    private ControlConnection() {}

    /** @throws ChannelException that begins with {@code who} and names the cause */
    static Channel open(String who, String socket, EventLoop loop, ControlHandler handler) {
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
        return connect.channel();
    }
}
