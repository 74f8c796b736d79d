package org.nettycluster.examples.grpc;

import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.ssl.SslContext;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.nettycluster.worker.ClusterWorker;

/**
 * A gRPC server that runs alone or on many JVMs: the line with {@code channelFactory} is the difference, and one more lets
 * the calls that run end before a draining worker does.
 *
 * <p>Its main thread waits for the server to end. It owns the event loops and ends them last.
 */
public final class GrpcExample {
    private static final String USAGE = "usage: grpc-example [--host H] [--port P] [--tls CERT KEY]";

    private GrpcExample() {}

    /**
     * Serves until the worker drains or the process is told to end.
     *
     * @param args {@code [--host H] [--port P] [--tls CERT KEY]}, 127.0.0.1 and 8081 if left out; PEM files
     */
    public static void main(String... args) throws InterruptedException {
        boolean served;
        try {
            Arguments arguments = new Arguments(USAGE, Map.of("--host", 1, "--port", 1, "--tls", 2), args);
            served = serve(
                    arguments.host(),
                    arguments.number("--port", 8081, 0, 65535),
                    arguments.files("--tls").map(GrpcExample::tls));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        if (!served) {
            System.exit(1);
        }
    }

    private static boolean serve(String host, int port, Optional<SslContext> tls) throws InterruptedException {
        EventLoopGroup boss = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        EventLoopGroup children =
                new MultiThreadIoEventLoopGroup(Integer.getInteger("loops", 2), EpollIoHandler.newFactory());
        try {
            Server server = builder(host, port, boss, children, tls).build().start();
            CompletableFuture<Void> ended = new CompletableFuture<>();
            ClusterWorker.current()
                    .ifPresent(worker -> worker.onDrain(() -> {
                        server.shutdown();
                        return ended;
                    }));
            if (!ClusterWorker.isWorker()) {
                String scheme = tls.isPresent() ? "grpcs://" : "grpc://";
                System.out.println("listening on " + scheme + host + ":" + server.getPort());
            }
            server.awaitTermination();
            ended.complete(null);
            return true;
        } catch (IOException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            System.err.println("can't listen on " + host + ":" + port + ": " + cause.getMessage());
            return false;
        } finally {
            boss.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            children.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        }
    }

    /** The server as the example runs it, for whoever owns the loops. */
    static NettyServerBuilder builder(
            String host, int port, EventLoopGroup boss, EventLoopGroup children, Optional<SslContext> tls) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
                .channelFactory(ClusterWorker.serverChannelFactory())
                .bossEventLoopGroup(boss)
                .workerEventLoopGroup(children)
                // The service never blocks, so that its answers need no other thread.
                .directExecutor()
                .addService(Greeter.ofThisProcess());
        tls.ifPresent(builder::sslContext);
        return builder;
    }

    /** A certificate chain and its key, both PEM. */
    static SslContext tls(List<File> files) {
        try {
            return GrpcSslContexts.forServer(files.get(0), files.get(1)).build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--tls: " + files.get(0) + " and " + files.get(1) + " are no certificate and its key, in PEM: "
                            + e.getMessage(),
                    e);
        }
    }
}
