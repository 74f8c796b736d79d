package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.worker.ClusterWorker;

/** Section 11: keys of TLS tickets, which workers ask their master for. */
class TicketIT {
    @Upstream("parallel/test-tls-ticket-cluster")
    void aTicketOfOneWorkerResumesASessionInAnother() throws Exception {
        assumeTrue(OpenSsl.isAvailable(), () -> "Netty's OpenSSL is not there: " + OpenSsl.unavailabilityCause());
        byte[] keys = new byte[OpenSslSessionTicketKey.TICKET_KEY_SIZE];
        new SecureRandom().nextBytes(keys);
        try (Cluster cluster = Cluster.start()) {
            cluster.master.onRequest(
                    (worker, request) -> CompletableFuture.completedStage(ClusterMessage.of("keys", keys)));
            Program first = cluster.program();
            Program second = cluster.program();
            SslContext firstContext = contextOf(first.worker);
            SslContext secondContext = contextOf(second.worker);
            int port = Program.port(listen(first, firstContext, 0));
            listen(second, secondContext, port);
            cluster.events.await("listening", 2);

            SSLContext client = SSLContext.getInstance("TLSv1.2");
            client.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            assertThat(greeted(client, port)).isNotEqualTo(greeted(client, port));
            long resumed =
                    stats(firstContext).ticketKeyResume() + stats(secondContext).ticketKeyResume();
            long begun =
                    stats(firstContext).ticketKeyNew() + stats(secondContext).ticketKeyNew();
            assertThat(resumed).as("with the ticket of the other worker").isEqualTo(1);
            assertThat(begun).isEqualTo(1);
        }
    }

    private static io.netty.handler.ssl.OpenSslSessionStats stats(SslContext context) {
        return ((OpenSslSessionContext) context.sessionContext()).stats();
    }

    private static SslContext contextOf(ClusterWorker worker) throws IOException {
        try (InputStream certificate = resource("certificate.pem");
                InputStream key = resource("key.pem")) {
            SslContext context = SslContextBuilder.forServer(certificate, key)
                    .sslProvider(SslProvider.OPENSSL)
                    .protocols("TLSv1.2")
                    .build();
            byte[] keys = Cluster.get(worker.request("keys?", new byte[0], Duration.ofSeconds(10)))
                    .bytes();
            ((OpenSslSessionContext) context.sessionContext())
                    .setTicketKeys(new OpenSslSessionTicketKey(
                            Arrays.copyOf(keys, 16),
                            Arrays.copyOfRange(keys, 16, 32),
                            Arrays.copyOfRange(keys, 32, 48)));
            return context;
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(TicketIT.class.getResourceAsStream("/tls/" + name), name);
    }

    private static Channel listen(Program program, SslContext context, int port) {
        return program.listen(
                program.bootstrap().childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(context.newHandler(channel.alloc()), Greeter.of(program.number()));
                    }
                }),
                new InetSocketAddress("127.0.0.1", port));
    }

    /** The number of the worker. The client's context remembers the session of this address. */
    private static int greeted(SSLContext client, int port) throws IOException {
        try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.startHandshake();
            return socket.getInputStream().read() - '0';
        }
    }
}
