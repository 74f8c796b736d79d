package org.nettycluster.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.benchmarks.load.RawServer.Manners;

/** A connection that ends between requests may, if that was announced. */
@Timeout(60)
class KeepAliveTest {
    private static Report against(Manners manners) throws IOException {
        try (RawServer server = new RawServer(manners)) {
            return LoadRun.builder(server.http())
                    .mode(Mode.KEEP_ALIVE)
                    .clients(2, Duration.ofMillis(100), Duration.ofMillis(100))
                    .length(Duration.ofMillis(500))
                    .timeout(Duration.ofSeconds(20))
                    .run();
        }
    }

    @Test
    void aConnectionServesOneRequestAfterTheOther() throws IOException {
        Report report = against(peer -> {
            for (String nonce = peer.request(); nonce != null; nonce = peer.request()) {
                peer.answer(nonce, "");
            }
        });

        assertThat(report.count(Outcome.OK)).as(report.json()).isEqualTo(10);
        assertThat(report.failed()).isZero();
        assertThat(report.count(Aside.CONNECTIONS)).isEqualTo(2);
        assertThat(report.count(Aside.CLOSED_UNANNOUNCED)).isZero();
        assertThat(report.toEof().getTotalCount()).isZero();
    }

    @Test
    void anAnnouncedCloseIsFine() throws IOException {
        Report report = against(peer -> {
            peer.answer(peer.request(), "");
            peer.answer(peer.request(), "Connection: close\r\n");
        });

        assertThat(report.count(Outcome.OK)).as(report.json()).isEqualTo(10);
        assertThat(report.failed()).isZero();
        assertThat(report.count(Aside.CONNECTIONS)).isEqualTo(6);
        assertThat(report.count(Aside.CLOSED_UNANNOUNCED)).isZero();
        assertThat(report.toEof().getTotalCount()).isEqualTo(4);
    }

    @Test
    void anUnannouncedCloseOfAnIdleConnectionIsCounted() throws IOException {
        try (RawServer server = new RawServer(peer -> peer.answer(peer.request(), ""))) {
            // Time enough for the close to come first.
            Report report = LoadRun.builder(server.http())
                    .mode(Mode.KEEP_ALIVE)
                    .clients(4, Duration.ofMillis(700), Duration.ofMillis(700))
                    .length(Duration.ofMillis(1400))
                    .run();

            assertThat(report.count(Outcome.OK)).as(report.json()).isEqualTo(8);
            // Those after the last answers may come after the run.
            assertThat(report.count(Aside.CLOSED_UNANNOUNCED)).isBetween(4L, 8L);
            assertThat(report.count(Aside.CONNECTIONS)).isEqualTo(8);
        }
    }

    @Test
    void aRequestThatTheServerClosedOnIsResetBeforeAndIsNotRetried() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        Report report = against(peer -> {
            peer.answer(peer.request(), "");
            peer.request();
            requests.incrementAndGet();
        });

        assertThat(report.attempts()).isEqualTo(10);
        assertThat(report.count(Outcome.OK)).as(report.json()).isEqualTo(6);
        assertThat(report.count(Outcome.RESET_BEFORE)).isEqualTo(4);
        assertThat(report.count(Aside.CLOSED_UNANNOUNCED)).isZero();
        assertThat(report.failures())
                .allSatisfy(failure -> assertThat(failure.worker()).isEqualTo("1.1"));
    }

    @Test
    void aTimeoutCostsTheClientItsConnectionAndWhatWaitedGoesOn() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (RawServer server = new RawServer(peer -> {
            if (connections.incrementAndGet() == 1) {
                peer.awaitEnd();
            }
            for (String nonce = peer.request(); nonce != null; nonce = peer.request()) {
                peer.answer(nonce, "");
            }
        })) {
            Report report = LoadRun.builder(server.http())
                    .mode(Mode.KEEP_ALIVE)
                    .clients(1, Duration.ofMillis(400), Duration.ofMillis(400))
                    .length(Duration.ofMillis(1600))
                    .timeout(Duration.ofMillis(600))
                    .run();

            assertThat(report.count(Outcome.TIMEOUT)).as(report.json()).isEqualTo(1);
            assertThat(report.count(Outcome.OK)).isEqualTo(3);
            assertThat(report.count(Aside.CONNECTIONS)).isEqualTo(2);
        }
    }
}
