package org.nettycluster.benchmarks.record;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.nettycluster.worker.ClusterWorker;

/**
 * A worker's program that reads numbers, of four bytes each, from a UDP socket, and counts each in a file of its own, which
 * survives a kill: byte n says how often number n has come.
 */
public final class DatagramRecorder {
    private DatagramRecorder() {}

    /** Arguments: {@code HOST DIRECTORY NUMBERS RECEIVE-BUFFER}. */
    public static void main(String... args) throws IOException {
        ClusterWorker worker = ClusterWorker.current().orElseThrow();
        MappedByteBuffer counts = map(Path.of(args[1], worker.id().toString()), Integer.parseInt(args[2]));
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Bootstrap bootstrap = new Bootstrap()
                .group(loops)
                .option(ChannelOption.SO_RCVBUF, Integer.parseInt(args[3]))
                .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
                        int number = packet.content().readInt();
                        counts.put(number, (byte) (counts.get(number) + 1));
                    }
                });
        ClusterWorker.bindDatagram(bootstrap, new InetSocketAddress(args[0], 0)).whenComplete((channel, failure) -> {
            if (failure != null) {
                failure.printStackTrace();
                loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            } else {
                channel.closeFuture().addListener(closed -> loops.shutdownGracefully(0, 1, TimeUnit.SECONDS));
            }
        });
    }

    private static MappedByteBuffer map(Path file, int numbers) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, numbers);
        }
    }
}
