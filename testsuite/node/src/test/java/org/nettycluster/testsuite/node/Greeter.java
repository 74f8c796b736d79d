package org.nettycluster.testsuite.node;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;

/** Greets with the worker's number, then echoes. */
final class Greeter extends ChannelInboundHandlerAdapter {
    private final int worker;

    private Greeter(int worker) {
        this.worker = worker;
    }

    static ChannelInitializer<Channel> of(int worker) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Greeter(worker));
            }
        };
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(ByteBufUtil.writeUtf8(ctx.alloc(), worker + "\n"));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ctx.writeAndFlush(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
