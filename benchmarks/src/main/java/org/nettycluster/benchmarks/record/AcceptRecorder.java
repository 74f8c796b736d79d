package org.nettycluster.benchmarks.record;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Enters the connection as soon as it is active, and is done. On the child's loop. */
final class AcceptRecorder extends ChannelInboundHandlerAdapter {
    private static final int SOL_SOCKET = 1;
    private static final int SO_COOKIE = 57;
    private static final RawUnixChannelOption COOKIE =
            new RawUnixChannelOption("SO_COOKIE", SOL_SOCKET, SO_COOKIE, Long.BYTES);

    private final WorkerRecord record;

    AcceptRecorder(WorkerRecord record) {
        this.record = record;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ByteBuffer cookie = ctx.channel().config().getOption(COOKIE);
        record.accepted(
                RecordingServer.peerPort(ctx.channel()),
                cookie.order(ByteOrder.nativeOrder()).getLong(0));
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
    }
}
