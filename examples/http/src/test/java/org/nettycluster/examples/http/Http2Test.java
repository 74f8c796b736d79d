package org.nettycluster.examples.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.examples.http.Http2Client.Answer;

/** What a client with prior knowledge of HTTP/2 sees, on the same port. */
@Timeout(60)
class Http2Test {
    private RunningServer server;
    private Http2Client client;

    @BeforeEach
    void connect() throws Exception {
        server = new RunningServer();
        client = new Http2Client(server.address());
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void theGreetingIsTheSame() throws Exception {
        Answer answer = client.get("/").get();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello from worker 2.1 (pid 4711)\n");
        assertThat(answer.headers().get("content-length")).isEqualTo("33");
    }

    @Test
    void streamsDoNotWaitForEachOther() throws Exception {
        CompletableFuture<Answer> slow = client.get("/slow?ms=600000");

        List<CompletableFuture<Answer>> others = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            others.add(client.get("/json"));
        }

        for (CompletableFuture<Answer> other : others) {
            assertThat(other.get().status()).isEqualTo(200);
        }
        assertThat(slow).isNotDone();
    }

    @Test
    void headHasALengthAndNoBody() throws Exception {
        Answer answer =
                client.send(HttpMethod.HEAD, "/bytes?n=1000", new byte[0]).get();

        assertThat(answer.headers().get("content-length")).isEqualTo("1000");
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void bytesSendsExactlyThatManyThroughTheFlowControlOfHttp2() throws Exception {
        assertThat(client.get("/bytes?n=3000000").get().body()).hasSize(3_000_000);
        assertThat(client.get("/bytes?n=0").get().body()).isEmpty();
    }

    @Test
    void echoReturnsTheBody() throws Exception {
        byte[] body = new byte[3_000_000];
        new Random(7).nextBytes(body);

        assertThat(client.send(HttpMethod.POST, "/echo", body).get().body())
                .isEqualTo(new String(body, StandardCharsets.ISO_8859_1));
        assertThat(client.send(HttpMethod.POST, "/echo", new byte[0]).get().status())
                .isEqualTo(200);
    }

    @Test
    void mistakesAreAnsweredAsInHttp1() throws Exception {
        assertThat(client.get("/nope").get().status()).isEqualTo(404);
        assertThat(client.get("/echo").get().headers().get("allow")).isEqualTo("POST");
        assertThat(client.get("/slow?ms=x").get().status()).isEqualTo(400);
    }

    @Test
    void aDrainSendsAWarningThenTheLastStreamAndEndsWithThatStream() throws Exception {
        CompletableFuture<Answer> running = client.get("/slow?ms=300");
        client.get("/").get();

        server.drain();

        assertThat(client.goAway()).isEqualTo(Integer.MAX_VALUE);
        assertThat(client.goAway()).isLessThan(100);
        assertThat(running.get().status()).isEqualTo(200);
        assertThat(client.ended().await().isSuccess()).isTrue();
    }

    @Test
    void anIdleConnectionOfADrainingWorkerEndsAtOnce() throws Exception {
        client.get("/").get();

        server.drain();

        assertThat(client.goAway()).isEqualTo(Integer.MAX_VALUE);
        assertThat(client.goAway()).isLessThan(100);
        assertThat(client.ended().await().isSuccess()).isTrue();
    }
}
