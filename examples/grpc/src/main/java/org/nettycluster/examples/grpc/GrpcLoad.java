package org.nettycluster.examples.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.io.File;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * A client that makes calls of all three kinds over many connections, and prints one line of JSON: what it counted, and how
 * many connections each worker had.
 *
 * <p>Its main thread waits; the calls of a connection follow one another on the client's event loop.
 */
public final class GrpcLoad {
    private static final String USAGE =
            "usage: GrpcLoad [--host H] --port P [--connections 64] [--calls 10000] [--tls CA]";

    private GrpcLoad() {}

    /**
     * Makes the calls, prints the line and ends: 0 if each call had its answer, 1 if not, 2 for a wrong command line.
     *
     * @param args {@code [--host H] --port P [--connections N] [--calls N] [--tls CA]}; CA is a PEM file
     */
    public static void main(String... args) throws InterruptedException {
        Tally tally;
        try {
            Arguments arguments = new Arguments(
                    USAGE, Map.of("--host", 1, "--port", 1, "--connections", 1, "--calls", 1, "--tls", 1), args);
            if (!arguments.has("--port")) {
                throw new IllegalArgumentException("--port is missing: " + USAGE);
            }
            tally = run(
                    new InetSocketAddress(arguments.host(), arguments.number("--port", 0, 1, 65535)),
                    arguments.number("--connections", 64, 1, 100_000),
                    arguments.number("--calls", 10_000, 1, Integer.MAX_VALUE),
                    arguments.files("--tls").map(files -> trusting(files.get(0))));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        System.out.println(tally.json());
        tally.firstFailure().ifPresent(failure -> System.err.println("first failure: " + failure));
        System.exit(tally.failures() == 0 ? 0 : 1);
    }

    /** Spreads {@code calls} over {@code connections} and returns when the last one has ended. */
    static Tally run(InetSocketAddress server, int connections, int calls, Optional<SslContext> tls)
            throws InterruptedException {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Tally tally = new Tally();
        List<ManagedChannel> channels = new ArrayList<>();
        List<CompletableFuture<Void>> runs = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                ManagedChannel channel = connect(server, loops, tls);
                channels.add(channel);
                int share = calls / connections + (i < calls % connections ? 1 : 0);
                runs.add(new Caller(channel, "connection " + i, loops.next(), tally).make(share));
            }
            CompletableFuture.allOf(runs.toArray(CompletableFuture<?>[]::new)).join();
        } finally {
            for (ManagedChannel channel : channels) {
                channel.shutdownNow();
            }
            for (ManagedChannel channel : channels) {
                channel.awaitTermination(5, TimeUnit.SECONDS);
            }
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
        }
        return tally;
    }

    private static ManagedChannel connect(InetSocketAddress server, EventLoopGroup loops, Optional<SslContext> tls) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(server)
                .eventLoopGroup(loops)
                .channelType(EpollSocketChannel.class)
                // The callers never block.
                .directExecutor();
        return tls.map(builder::sslContext).orElseGet(builder::usePlaintext).build();
    }

    /** Trusts the certificates of a PEM file and no others. */
    static SslContext trusting(File ca) {
        try {
            return GrpcSslContexts.forClient().trustManager(ca).build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException("--tls: " + ca + " is no certificate in PEM: " + e.getMessage(), e);
        }
    }
}
