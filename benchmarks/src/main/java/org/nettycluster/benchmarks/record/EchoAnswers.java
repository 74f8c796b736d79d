package org.nettycluster.benchmarks.record;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Sends back what comes, once its first line, the nonce, stands in the record. On the child's loop. */
final class EchoAnswers extends ChannelInboundHandlerAdapter {
    private final WorkerRecord record;
    private final StringBuilder nonce = new StringBuilder();
    private boolean recorded;

    EchoAnswers(WorkerRecord record) {
        this.record = record;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (!recorded) {
            int end = bytes.indexOf(bytes.readerIndex(), bytes.writerIndex(), (byte) '\n');
            int length = (end < 0 ? bytes.writerIndex() : end) - bytes.readerIndex();
            nonce.append(bytes.toString(bytes.readerIndex(), length, StandardCharsets.US_ASCII));
            if (end >= 0) {
                record.requested(RecordingServer.peerPort(ctx.channel()), nonce.toString());
                recorded = true;
            }
        }
        ctx.write(bytes);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            System.err.println("a connection failed: " + cause);
        }
        ctx.close();
    }
}
