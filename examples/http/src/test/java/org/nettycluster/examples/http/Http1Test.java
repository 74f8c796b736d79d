package org.nettycluster.examples.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nettycluster.examples.http.RawClient.Answer;

/** What a client of HTTP/1.1 sees, over a real connection. */
@Timeout(60)
class Http1Test {
    private RunningServer server;
    private RawClient client;

    @BeforeEach
    void connect() throws Exception {
        server = new RunningServer();
        client = new RawClient(server.address());
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void theGreetingNamesTheWorkerAndItsPid() throws IOException {
        Answer answer = client.get("/");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello from worker 2.1 (pid 4711)\n");
        assertThat(answer.header("content-length")).isEqualTo("33");
        assertThat(answer.headers()).doesNotContainKey("connection");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/json", "/slow?ms=1", "/bytes?n=5"})
    void aNonceComesBackWithTheNameOfTheWorker(String target) throws IOException {
        Answer answer = client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\nX-Nonce: ab-1\r\n\r\n")
                .answer();

        assertThat(answer.header("x-nonce")).isEqualTo("ab-1");
        assertThat(answer.header("x-worker")).isEqualTo("2.1");
    }

    @Test
    void aNonceThatCouldBeMoreThanAHeaderDoesNotComeBack() throws IOException {
        Answer answer = client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Nonce: a b\tc\r\n\r\n")
                .answer();

        assertThat(answer.headers()).doesNotContainKeys("x-nonce", "x-worker");
    }

    @Test
    void jsonSaysWhatThisProcessHasCounted() throws IOException {
        client.get("/");

        Answer answer = client.get("/json?pretty");

        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.body())
                .isEqualTo("{\"worker\":\"2.1\",\"pid\":4711,\"connections\":{\"accepted\":1,\"open\":1},"
                        + "\"requests\":2}\n");
    }

    @Test
    void slowHoldsUpNobodyElseOnItsLoop() throws IOException {
        client.send(RawClient.request("GET", "/slow?ms=600000"));

        try (RawClient other = new RawClient(server.address())) {
            assertThat(other.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void slowAndBlockAnswerInTheEnd() throws IOException {
        assertThat(client.get("/slow?ms=1").body()).startsWith("hello from worker");
        assertThat(client.get("/block?ms=1").body()).startsWith("hello from worker");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16384, 16385, 3_000_000})
    void bytesSendsExactlyThatMany(int n) throws IOException {
        assertThat(client.get("/bytes?n=" + n).body()).hasSize(n);
        assertThat(client.get("/").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/json", "/slow?ms=0", "/bytes?n=1000000"})
    void headHasTheHeadersOfGetAndNoBody(String target) throws IOException {
        Answer head = client.send(RawClient.request("HEAD", target)).answerToHead();
        Answer get = client.get(target);

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.headers()).isEqualTo(get.headers());
    }

    @Test
    void anUnknownPathIsToldThePathsThereAre() throws IOException {
        Answer answer = client.get("/nope");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("/json", "/slow?ms=N", "/bytes?n=N", "/echo");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"PUT|/|GET, HEAD", "POST|/crash|GET, HEAD", "GET|/echo|POST", "HEAD|/echo|POST"})
    void anotherMethodIsToldTheRightOnes(String method, String path, String allowed) throws IOException {
        client.send(RawClient.request(method, path));

        Answer answer = method.equals("HEAD") ? client.answerToHead() : client.answer();

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("allow")).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/slow|ms is missing: say ms=N, a whole number from 0 to 600000",
                "/slow?ms=|ms= is out of range: say ms=N, a whole number from 0 to 600000",
                "/slow?ms=-1|ms=-1 is out of range: say ms=N, a whole number from 0 to 600000",
                "/block?ms=600001|ms=600001 is out of range: say ms=N, a whole number from 0 to 600000",
                "/slow?ms=1&ms=2|ms is given more than once: say ms=N, a whole number from 0 to 600000",
                "/bytes?n=1e3|n=1e3 is out of range: say n=N, a whole number from 0 to 1099511627776",
                "/bytes?n=%|the query is not well encoded: say n=N, a whole number from 0 to 1099511627776"
            })
    void aBadNumberGetsAClearLine(String target, String line) throws IOException {
        Answer answer = client.get(target);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo(line + "\n");
        assertThat(client.get("/").status()).isEqualTo(200);
    }

    @Test
    void whatIsNoHttpGets400AndTheConnectionEnds() throws IOException {
        Answer answer = client.send("hello\r\n\r\n").answer();

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("connection")).isEqualTo("close");
        assertThat(client.ended()).isTrue();
    }

    @Test
    void aTooLongTargetGets414AndTooLongHeaders431() throws Exception {
        assertThat(client.get("/" + "x".repeat(5000)).status()).isEqualTo(414);

        try (RawClient other = new RawClient(server.address())) {
            other.send("GET / HTTP/1.1\r\nX: " + "x".repeat(9000) + "\r\n\r\n");
            assertThat(other.answer().status()).isEqualTo(431);
        }
    }

    @Test
    void connectionCloseIsHonouredAfterTheWholeAnswer() throws IOException {
        Answer answer = client.send("GET /bytes?n=1000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                .answer();

        assertThat(answer.body()).hasSize(1_000_000);
        assertThat(answer.header("connection")).isEqualTo("close");
        assertThat(client.ended()).isTrue();
    }

    @Test
    void anOldClientIsClosedUnlessItAsksOtherwise() throws IOException {
        Answer kept =
                client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").answer();
        Answer last = client.send("GET / HTTP/1.0\r\n\r\n").answer();

        assertThat(kept.header("connection")).isEqualTo("keep-alive");
        assertThat(last.header("connection")).isEqualTo("close");
        assertThat(client.ended()).isTrue();
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws IOException {
        client.send(RawClient.request("GET", "/slow?ms=50")
                + RawClient.request("GET", "/json")
                + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                + "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
                + RawClient.request("GET", "/bytes?n=100000")
                + RawClient.request("GET", "/bytes?n=7")
                + RawClient.request("HEAD", "/")
                + "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nready"
                + "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                + RawClient.request("GET", "/never"));

        assertThat(client.answer().body()).startsWith("hello from worker");
        assertThat(client.answer().body()).startsWith("{\"worker\"");
        assertThat(client.answer().body()).isEqualTo("abc");
        assertThat(client.answer().body()).isEqualTo("de");
        assertThat(client.answer().body()).hasSize(100_000);
        assertThat(client.answer().body()).hasSize(7);
        assertThat(client.answerToHead().header("content-length")).isEqualTo("33");
        assertThat(client.answer().status()).isEqualTo(405);
        assertThat(client.answer().header("connection")).isEqualTo("close");
        assertThat(client.ended()).isTrue();
    }

    @Test
    void aThousandPipelinedRequestsBehindASlowOneAreAllAnswered() throws IOException {
        client.send(RawClient.request("GET", "/slow?ms=50")
                + RawClient.request("GET", "/bytes?n=3").repeat(1000));

        assertThat(client.answer().status()).isEqualTo(200);
        for (int i = 0; i < 1000; i++) {
            assertThat(client.answer().body()).hasSize(3);
        }
    }

    @Test
    void requestsMayArriveByteByByte() throws IOException {
        for (byte b : RawClient.request("GET", "/").getBytes(StandardCharsets.US_ASCII)) {
            client.send(new byte[] {b});
        }

        assertThat(client.answer().status()).isEqualTo(200);
    }

    @Test
    void aMethodThatBeginsLikeThePrefaceOfHttp2IsHttp1() throws IOException {
        assertThat(client.send("PR")
                        .send("OPFIND / HTTP/1.1\r\nHost: a\r\n\r\n")
                        .answer()
                        .status())
                .isEqualTo(405);
    }

    @Test
    void echoReturnsALongBodyWhileItIsStillBeingSent() throws Exception {
        byte[] body = new byte[5_000_000];
        new Random(7).nextBytes(body);
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n");

        Thread sender = new Thread(() -> {
            try {
                client.send(body);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        sender.start();
        Answer answer = client.answer();
        sender.join();

        assertThat(answer.body()).isEqualTo(new String(body, StandardCharsets.ISO_8859_1));
        assertThat(client.get("/").status()).isEqualTo(200);
    }

    @Test
    void echoInvitesABodyThatWaits() throws IOException {
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");

        assertThat(client.answer().status()).isEqualTo(100);
        assertThat(client.send("abc").answer().status()).isEqualTo(200);
    }

    @Test
    void anIdleConnectionOfADrainingWorkerGetsOneMoreAnswer() throws Exception {
        client.get("/");

        server.drain();
        Answer answer = client.get("/");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("connection")).isEqualTo("close");
        assertThat(client.ended()).isTrue();
    }

    @Test
    void aConnectionThatHasSaidNothingYetLearnsOfTheDrainToo() throws Exception {
        client.send("G");
        try (RawClient other = new RawClient(server.address())) {
            other.get("/");
        }

        server.drain();

        assertThat(client.send("ET / HTTP/1.1\r\nHost: a\r\n\r\n").answer().header("connection"))
                .isEqualTo("close");
    }

    @Test
    void aConnectionThatNeverSaysAnythingDoesNotHoldTheDrainUp() throws Exception {
        client.get("/");
        try (RawClient silent = new RawClient(server.address())) {
            // Accepted in order: the silent one is a child when this one is answered.
            try (RawClient other = new RawClient(server.address())) {
                other.get("/");
            }

            server.drain(Duration.ofMillis(50));

            assertThat(silent.ended()).isTrue();
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void answersThatWerePromisedBeforeTheDrainAreGivenAndTheirLastSaysClose() throws Exception {
        client.send(RawClient.request("GET", "/slow?ms=100") + RawClient.request("GET", "/"));
        try (RawClient other = new RawClient(server.address())) {
            other.get("/");
        }

        server.drain();

        assertThat(client.answer().header("connection")).isNotEqualTo("close");
        assertThat(client.answer().header("connection")).isEqualTo("close");
        assertThat(client.ended()).isTrue();
    }
}
