package org.nettycluster.worker;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.epoll.AbstractEpollServerChannel;
import io.netty.channel.epoll.EpollChannelConfig;
import io.netty.channel.epoll.EpollMode;

/**
 * Netty 4.1, which knows no EPOLLEXCLUSIVE: each client wakes all who wait, and who is first has it. So who is ahead of the
 * others stays away for a moment. On the server channel's loop. The channel in it is nobody's parent; it only accepts.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class CommonQueue implements AcceptQueue {
    private final ClusterServerSocketChannel server;
    private final Acceptor acceptor;

    CommonQueue(ClusterServerSocketChannel server, SharedSocket socket) {
        this.server = server;
        acceptor = new Acceptor(socket);
    }

    @Override
    public void enter() {
        if (!acceptor.isRegistered()) {
            server.eventLoop().register(acceptor);
        }
        acceptor.config().setAutoRead(true);
    }

    @Override
    public void leave() {
        acceptor.config().setAutoRead(false);
    }

    @Override
    public void close() {
        if (acceptor.isRegistered()) {
            acceptor.close();
        } else {
            acceptor.unsafe().closeForcibly();
        }
    }

    private static final class Acceptor extends AbstractEpollServerChannel {
        private final SharedSocket shared;
        private final EpollChannelConfig config;

        @SuppressWarnings("deprecation") // As 4.1 has it; 4.2 is always level triggered.
        Acceptor(SharedSocket shared) {
            super(shared.descriptor(), true);
            this.shared = shared;
            config = new Config(this);
            config.setEpollMode(EpollMode.LEVEL_TRIGGERED);
            config.setAutoRead(false);
            config.setMaxMessagesPerRead(1);
            pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    // It was taken when it was accepted.
                }

                @Override
                public void channelReadComplete(ChannelHandlerContext ctx) {
                    shared.tookOne();
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    shared.failed(cause);
                }
            });
        }

        @Override
        public EpollChannelConfig config() {
            return config;
        }

        @Override
        protected Channel newChildChannel(int fd, byte[] address, int offset, int length) {
            shared.accepted(fd, address, offset, length);
            return this;
        }
    }

    private static final class Config extends EpollChannelConfig {
        Config(Channel channel) {
            super(channel, new ServerChannelRecvByteBufAllocator());
        }
    }
}
