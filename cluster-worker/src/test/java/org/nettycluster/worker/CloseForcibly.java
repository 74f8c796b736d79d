package org.nettycluster.worker;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;

/** An acceptor that wants none of its connections. */
final class CloseForcibly extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ((SocketChannel) message).unsafe().closeForcibly();
    }
}
