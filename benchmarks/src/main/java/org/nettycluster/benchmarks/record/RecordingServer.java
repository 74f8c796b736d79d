package org.nettycluster.benchmarks.record;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.nettycluster.worker.ClusterWorker;

/**
 * A worker's program that enters every connection and every request in a {@link WorkerRecord}, and says so before it does
 * anything about them. It speaks HTTP/1.1 or sends back what it gets.
 */
public final class RecordingServer {
    private static final int CAPACITY = 4_000_000;

    private RecordingServer() {}

    /** Arguments: {@code http|echo PORT LOOPS DIRECTORY}. */
    public static void main(String... args) throws InterruptedException {
        boolean http = args[0].equals("http");
        String worker =
                ClusterWorker.current().map(current -> current.id().toString()).orElse("alone");
        WorkerRecord record = WorkerRecord.create(Path.of(args[3]), worker, CAPACITY);
        EventLoopGroup boss = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        EventLoopGroup children =
                new MultiThreadIoEventLoopGroup(Integer.parseInt(args[2]), EpollIoHandler.newFactory());
        Channel server = new ServerBootstrap()
                .group(boss, children)
                .channelFactory(ClusterWorker.serverChannelFactory())
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel child) {
                        child.pipeline().addLast(new AcceptRecorder(record));
                        if (http) {
                            child.pipeline().addLast(new HttpServerCodec(), new HttpAnswers(record, worker));
                        } else {
                            child.pipeline().addLast(new EchoAnswers(record));
                        }
                    }
                })
                .bind("127.0.0.1", Integer.parseInt(args[1]))
                .sync()
                .channel();
        server.closeFuture().sync();
        boss.shutdownGracefully();
        children.shutdownGracefully();
    }

    static int peerPort(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress peer ? peer.getPort() : 0;
    }
}
