package org.nettycluster.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nettycluster.benchmarks.load.RawServer.Manners;

/** One misbehaviour, one outcome, and nothing is counted twice or not at all. */
@Timeout(60)
class OutcomesTest {
    private static final int ATTEMPTS = 20;

    private static LoadRunBuilder oneShot(URI uri) {
        return LoadRun.builder(uri)
                .rate(200)
                .length(Duration.ofMillis(1000L * ATTEMPTS / 200))
                .timeout(Duration.ofSeconds(20));
    }

    private static Report against(Manners manners) throws IOException {
        try (RawServer server = new RawServer(manners)) {
            return oneShot(server.http()).run();
        }
    }

    private static void allEnded(Report report, Outcome outcome) {
        assertThat(report.attempts()).isEqualTo(ATTEMPTS);
        assertThat(report.count(outcome)).as(report.json()).isEqualTo(ATTEMPTS);
        assertThat(report.notStarted()).isZero();
        assertThat(report.lateness().getTotalCount()).isEqualTo(ATTEMPTS);
        if (outcome == Outcome.OK) {
            assertThat(report.failures()).isEmpty();
        } else {
            assertThat(report.workers()).isEmpty();
            assertThat(report.failures())
                    .hasSize(ATTEMPTS)
                    .allSatisfy(failure -> assertThat(failure.outcome()).isEqualTo(outcome))
                    .allSatisfy(failure -> assertThat(failure.at()).isGreaterThanOrEqualTo(failure.due()));
            assertThat(report.failedPorts(outcome)).hasSize(outcome == Outcome.REFUSED ? 0 : ATTEMPTS);
        }
    }

    @Test
    void aGoodAnswerIsOkAndSaysWhoGaveIt() throws IOException {
        Report report = against(peer -> peer.answer(peer.request(), ""));

        allEnded(report, Outcome.OK);
        assertThat(report.workers()).containsExactly(Map.entry("1.1", (long) ATTEMPTS));
        assertThat(report.toBody().getTotalCount()).isEqualTo(ATTEMPTS);
        assertThat(report.toEof().getTotalCount()).isEqualTo(ATTEMPTS);
        assertThat(report.count(Aside.CONNECTIONS)).isEqualTo(ATTEMPTS);
    }

    @Test
    void aServerThatEchoesNoNonceIsAccepted() throws IOException {
        Report report = against(peer -> {
            peer.request();
            peer.send("HTTP/1.1 200 OK\r\n\r\nas long as the connection");
        });

        allEnded(report, Outcome.OK);
        assertThat(report.workers()).containsOnlyKeys(Ledger.UNKNOWN);
    }

    @Test
    void nobodyListeningIsRefused() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }

        allEnded(oneShot(URI.create("http://127.0.0.1:" + port + "/")).run(), Outcome.REFUSED);
    }

    @Test
    void aResetInsteadOfAnAnswerIsResetBefore() throws IOException {
        allEnded(
                against(peer -> {
                    peer.request();
                    peer.reset();
                }),
                Outcome.RESET_BEFORE);
    }

    @Test
    void aCloseInsteadOfAnAnswerIsResetBefore() throws IOException {
        allEnded(against(RawServer.Peer::request), Outcome.RESET_BEFORE);
    }

    @Test
    void anAnswerCutInItsHeadIsResetWithin() throws IOException {
        allEnded(
                against(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nContent-");
                }),
                Outcome.RESET_WITHIN);
    }

    @Test
    void anAnswerCutInItsBodyIsResetWithin() throws IOException {
        allEnded(
                against(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!");
                }),
                Outcome.RESET_WITHIN);
    }

    @Test
    void aStatusThatIsNot200IsWrong() throws IOException {
        allEnded(
                against(peer -> {
                    peer.request();
                    peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
                }),
                Outcome.WRONG);
    }

    @Test
    void somebodyElsesAnswerIsWrong() throws IOException {
        allEnded(
                against(peer -> {
                    peer.request();
                    peer.answer("another", "");
                }),
                Outcome.WRONG);
    }

    @Test
    void whatIsNoHttpIsWrong() throws IOException {
        allEnded(
                against(peer -> {
                    peer.request();
                    peer.send("hello there\r\n\r\n");
                    peer.awaitEnd();
                }),
                Outcome.WRONG);
    }

    @Test
    void anAnswerThatDoesNotComeIsATimeout() throws IOException {
        try (RawServer server = new RawServer(RawServer.Peer::awaitEnd)) {
            allEnded(oneShot(server.http()).timeout(Duration.ofMillis(300)).run(), Outcome.TIMEOUT);
        }
    }

    @Test
    void anEofThatDoesNotComeIsATimeout() throws IOException {
        try (RawServer server = new RawServer(peer -> {
            peer.answer(peer.request(), "");
            peer.awaitEnd();
        })) {
            Report report =
                    oneShot(server.http()).timeout(Duration.ofMillis(500)).run();

            assertThat(report.count(Outcome.TIMEOUT)).isEqualTo(ATTEMPTS);
            assertThat(report.failures().get(0).worker()).isEqualTo("1.1");
        }
    }

    @Test
    void failuresBeyondThoseToBeKeptAreCounted() throws IOException {
        try (RawServer server = new RawServer(RawServer.Peer::request)) {
            Report report = oneShot(server.http()).failuresKept(3).run();

            assertThat(report.failures()).hasSize(3);
            assertThat(report.failuresLeftOut()).isEqualTo(ATTEMPTS - 3);
            assertThat(report.json())
                    .contains("\"reset_before\":20", "\"failures_left_out\":17")
                    .doesNotContain("\n");
        }
    }

    @Test
    void mixedEndsAddUp() throws IOException {
        Report report = against(peer -> {
            String nonce = String.valueOf(peer.request());
            int number = Integer.parseInt(nonce.substring(nonce.indexOf('-') + 1));
            switch (number % 4) {
                case 0 -> peer.answer(nonce, "");
                case 1 -> peer.reset();
                case 2 -> peer.send("HTTP/1.1 ");
                default -> peer.answer("another", "");
            }
        });

        assertThat(report.attempts()).isEqualTo(ATTEMPTS);
        for (Outcome outcome : new Outcome[] {Outcome.OK, Outcome.RESET_BEFORE, Outcome.RESET_WITHIN, Outcome.WRONG}) {
            assertThat(report.count(outcome)).as("%s", outcome).isEqualTo(ATTEMPTS / 4);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OK", "WRONG", "RESET_BEFORE", "RESET_WITHIN", "TIMEOUT"})
    void anEchoHasTheSameOutcomes(Outcome outcome) throws IOException {
        try (RawServer server = new RawServer(peer -> {
            byte[] bytes = new byte[100];
            peer.socket.getInputStream().readNBytes(bytes, 0, bytes.length);
            switch (outcome) {
                case OK -> peer.socket.getOutputStream().write(bytes);
                case WRONG -> peer.send("something else");
                case RESET_WITHIN -> peer.socket.getOutputStream().write(bytes, 0, 50);
                case RESET_BEFORE -> peer.reset();
                default -> peer.awaitEnd();
            }
            if (outcome == Outcome.OK) {
                peer.awaitEnd();
            }
        })) {
            LoadRunBuilder echo = oneShot(server.tcp()).mode(Mode.ECHO).payload(100);
            if (outcome == Outcome.TIMEOUT) {
                echo.timeout(Duration.ofMillis(300));
            }
            Report report = echo.run();

            assertThat(report.attempts()).isEqualTo(ATTEMPTS);
            assertThat(report.count(outcome)).as(report.json()).isEqualTo(ATTEMPTS);
        }
    }
}
