package org.nettycluster.examples.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.nettycluster.worker.ClusterWorker;

/**
 * A web server that runs alone or on many JVMs: the line with {@code channelFactory} is the difference.
 *
 * <p>Its main thread waits for the server channel to close and then ends its event loops, as any Netty program does.
 */
public final class HttpExample {
    private HttpExample() {}

    /**
     * Serves until its server channel closes or the process is told to end.
     *
     * @param args {@code [--host H] [--port P]}, 127.0.0.1 and 8080 if left out, or {@code --unix PATH}; {@code -Dloops=N}
     *     sets the event loops
     */
    public static void main(String... args) throws InterruptedException {
        Arguments arguments;
        try {
            arguments = Arguments.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        if (!serve(arguments, Integer.getInteger("loops", 2))) {
            System.exit(1);
        }
    }

    private static boolean serve(Arguments arguments, int loops) throws InterruptedException {
        EventLoopGroup boss = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        EventLoopGroup children = new MultiThreadIoEventLoopGroup(loops, EpollIoHandler.newFactory());
        try {
            ChannelFuture bound = new ServerBootstrap()
                    .group(boss, children)
                    .channelFactory(
                            arguments.unix().isEmpty()
                                    ? ClusterWorker.serverChannelFactory()
                                    : ClusterWorker.domainServerChannelFactory())
                    .childHandler(new HttpInitializer(ThisProcess.find()))
                    .bind(arguments.address())
                    .await();
            if (!bound.isSuccess()) {
                System.err.println("can't listen on " + place(arguments, arguments.port()) + ": "
                        + bound.cause().getMessage());
                return false;
            }
            Channel server = bound.channel();
            if (!ClusterWorker.isWorker()) {
                int port = server.localAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
                System.out.println("listening on " + place(arguments, port));
            }
            server.closeFuture().await();
            return true;
        } finally {
            boss.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            children.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        }
    }

    private static String place(Arguments arguments, int port) {
        String host = arguments.host();
        return arguments.unix().isEmpty()
                ? "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/"
                : "unix:" + arguments.unix();
    }
}
