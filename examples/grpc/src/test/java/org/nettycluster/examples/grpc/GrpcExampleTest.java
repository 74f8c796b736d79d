package org.nettycluster.examples.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.examples.grpc.proto.CountRequest;
import org.nettycluster.examples.grpc.proto.GreeterGrpc;

/** The server alone in this JVM, under the load that comes with it. */
@Timeout(120)
class GrpcExampleTest {
    private static final String SELF = "pid " + ProcessHandle.current().pid();

    private final EventLoopGroup boss = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoopGroup children = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private Optional<Server> server = Optional.empty();

    @AfterEach
    void end() throws InterruptedException {
        if (server.isPresent()) {
            server.get().shutdownNow().awaitTermination();
        }
        boss.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
        children.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
    }

    @Test
    void eachKindOfCallIsAnsweredOnEveryConnection() throws Exception {
        Tally tally = GrpcLoad.run(start(Optional.empty()), 16, 600, Optional.empty());

        assertThat(tally.firstFailure()).isEmpty();
        assertThat(tally.count(Kind.UNARY) + tally.count(Kind.SERVER_STREAMING) + tally.count(Kind.BIDIRECTIONAL))
                .isEqualTo(600);
        assertThat(tally.count(Kind.UNARY)).isBetween(180L, 220L);
        assertThat(tally.connectionsPerWorker()).isEqualTo(Map.of(SELF, 16));
        assertThat(tally.json())
                .startsWith("{\"unary\":")
                .contains("\"failures\":0,")
                .endsWith("\"connectionsPerWorker\":{\"" + SELF + "\":16}}");
    }

    @Test
    void tlsServesTheSame(@TempDir Path directory) throws Exception {
        KeyPair pair = KeyPair.create(directory);
        InetSocketAddress address = start(Optional.of(GrpcExample.tls(List.of(pair.certificate(), pair.key()))));

        Tally tally = GrpcLoad.run(address, 4, 200, Optional.of(GrpcLoad.trusting(pair.certificate())));

        assertThat(tally.firstFailure()).isEmpty();
        assertThat(tally.connectionsPerWorker()).isEqualTo(Map.of(SELF, 4));
    }

    @Test
    void aCallThatFailsIsCountedAndNamed() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new InetSocketAddress("127.0.0.1", socket.getLocalPort());
        }

        Tally tally = GrpcLoad.run(nobody, 2, 1000, Optional.empty());

        assertThat(tally.failures()).isEqualTo(1000);
        assertThat(tally.firstFailure()).get().asString().contains("connection ", "UNAVAILABLE");
    }

    @Test
    void aCountThatIsTooLongIsRefusedWithItsLimit() throws Exception {
        InetSocketAddress address = start(Optional.empty());
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(address).usePlaintext().build();
        try {
            GreeterGrpc.GreeterBlockingStub greeter = GreeterGrpc.newBlockingStub(channel);

            assertThat(greeter.count(CountRequest.newBuilder().setTo(10_000).build()))
                    .toIterable()
                    .hasSize(10_000);
            Assertions.assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> greeter.count(
                                    CountRequest.newBuilder().setTo(10_001).build())
                            .next())
                    .withMessageContaining("can't count to 10001: ask for 0 to 10000")
                    .extracting(e -> e.getStatus().getCode())
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
        } finally {
            channel.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
        }
    }

    private InetSocketAddress start(Optional<SslContext> tls) throws IOException {
        Server started =
                GrpcExample.builder("127.0.0.1", 0, boss, children, tls).build().start();
        server = Optional.of(started);
        return new InetSocketAddress("127.0.0.1", started.getPort());
    }
}
