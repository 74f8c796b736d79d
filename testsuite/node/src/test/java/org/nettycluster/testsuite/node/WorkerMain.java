package org.nettycluster.testsuite.node;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.util.concurrent.TimeUnit;
import org.nettycluster.worker.ClusterWorker;

/** A worker's program in a JVM of its own; the first argument says what it does. */
final class WorkerMain {
    private static final EventLoopGroup LOOPS = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    static {
        // Before main, as a preload in Node: the role is known already.
        System.out.println("role " + ClusterWorker.isWorker());
    }

    private WorkerMain() {}

    public static void main(String... args) throws Exception {
        switch (args[0]) {
            case "serve" -> serveToTheEnd(listen(), 0);
            case "serve-then-exit" -> serveToTheEnd(listen(), Integer.parseInt(args[1]));
            case "path" -> serveToTheEnd(listenAt(args[1]), 0);
            case "listen-exit" -> {
                listen();
                System.exit(Integer.parseInt(args[1]));
            }
            case "return" ->
                listen().closeFuture().addListener(closed -> LOOPS.shutdownGracefully(0, 1, TimeUnit.SECONDS));
            case "close" -> {
                listen().close().sync();
                LOOPS.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            }
            case "role" -> ClusterWorker.current().orElseThrow();
            case "spin" -> {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    System.out.println("hook");
                    spin();
                }));
                listen();
                spin();
            }
            case "linger" -> {
                ClusterWorker.current().orElseThrow().close();
                TimeUnit.MINUTES.sleep(1);
            }
            case "grandchild" -> {
                new ProcessBuilder("sleep", "20").inheritIO().start();
                serveToTheEnd(listen(), 0);
            }
            default -> throw new IllegalArgumentException("what is " + args[0] + "?");
        }
    }

    private static Channel listen() throws InterruptedException {
        int number = ClusterWorker.current().orElseThrow().id().number();
        return new ServerBootstrap()
                .group(LOOPS)
                .channelFactory(ClusterWorker.serverChannelFactory())
                .childHandler(Greeter.of(number))
                .bind("127.0.0.1", Integer.getInteger("port", 0))
                .sync()
                .channel();
    }

    private static Channel listenAt(String path) throws InterruptedException {
        int number = ClusterWorker.current().orElseThrow().id().number();
        return new ServerBootstrap()
                .group(LOOPS)
                .channelFactory(ClusterWorker.domainServerChannelFactory())
                .childHandler(Greeter.of(number))
                .bind(new DomainSocketAddress(path))
                .sync()
                .channel();
    }

    private static void serveToTheEnd(Channel server, int code) throws InterruptedException {
        server.closeFuture().sync();
        LOOPS.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        if (code != 0) {
            System.exit(code);
        }
    }

    private static void spin() {
        while (true) {
            Thread.onSpinWait();
        }
    }
}
