package org.nettycluster.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rate is the client's, latencies count from when an attempt was due, and lateness of our own voids a run. */
@Timeout(60)
class OpenLoopTest {
    @Test
    void slowAnswersDoNotSlowItDown() throws Exception {
        CountDownLatch all = new CountDownLatch(100);
        // Nobody is answered before everybody has asked: a client that waits for answers would stand still.
        try (RawServer server = new RawServer(peer -> {
            String nonce = peer.request();
            all.countDown();
            all.await();
            peer.answer(nonce, "");
        })) {
            Report report = LoadRun.builder(server.http())
                    .rate(500)
                    .length(Duration.ofMillis(200))
                    .timeout(Duration.ofSeconds(30))
                    .run();

            assertThat(report.count(Outcome.OK)).as(report.json()).isEqualTo(100);
            // The first was due 198 ms before the last.
            assertThat(report.toBody().getMaxValue()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(197));
        }
    }

    @Test
    void aKeepAliveClientThatHasToWaitIsLateNotExcused() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (RawServer server = new RawServer(peer -> {
            for (String nonce = peer.request(); nonce != null; nonce = peer.request()) {
                if (requests.incrementAndGet() == 1) {
                    Thread.sleep(500);
                }
                peer.answer(nonce, "");
            }
        })) {
            Report report = LoadRun.builder(server.http())
                    .mode(Mode.KEEP_ALIVE)
                    .clients(1, Duration.ofMillis(10), Duration.ofMillis(10))
                    .length(Duration.ofMillis(300))
                    .run();

            // One each 10 ms, from somewhere in the first 10 ms, although the first answer took longer than the run.
            assertThat(report.count(Outcome.OK)).as(report.json()).isBetween(29L, 31L);
            assertThat(report.toBody().getMinValue()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(150));
        }
    }

    @Test
    void theWarmUpIsNotCounted() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (RawServer server = new RawServer(peer -> {
            connections.incrementAndGet();
            String nonce = String.valueOf(peer.request());
            if (!nonce.contains("-w")) {
                peer.answer(nonce, "");
            }
        })) {
            Report report = LoadRun.builder(server.http())
                    .rate(500)
                    .warmUpAttempts(30)
                    .length(Duration.ofMillis(40))
                    .run();

            assertThat(report.count(Outcome.OK)).isEqualTo(20);
            assertThat(report.failed()).isZero();
            assertThat(report.count(Aside.CONNECTIONS)).isEqualTo(20);
            assertThat(connections).hasValue(50);
        }
    }

    @Test
    void itRunsUntilItIsStoppedAndFinishesWhatItBegan() throws Exception {
        try (RawServer server = new RawServer(peer -> peer.answer(peer.request(), ""))) {
            LoadRun run = LoadRun.builder(server.http()).rate(500).build().start();
            run.counting().join();
            while (run.soFar().count(Outcome.OK) < 50) {
                Thread.onSpinWait();
            }
            Report report = run.stop();

            assertThat(report.count(Outcome.OK)).isGreaterThanOrEqualTo(50).isEqualTo(report.attempts());
            assertThat(report.lateness().getTotalCount()).isEqualTo(report.attempts());
            assertThat(run.stop()).isSameAs(report);
            assertThat(run.soFar()).isSameAs(report);
        }
    }

    @Test
    void aRunThatWasStoppedBeforeItCountedIsVoid() throws Exception {
        try (RawServer server = new RawServer(peer -> peer.answer(peer.request(), ""))) {
            LoadRun run = LoadRun.builder(server.http())
                    .rate(500)
                    .warmUp(Duration.ofDays(1))
                    .build()
                    .start();

            assertThat(run.stop().voidBecause()).contains("no attempt was counted");
        }
    }

    @Test
    void latenessOfOurOwnBeyondHalfOfTheBoundVoidsTheRun() throws Exception {
        try (RawServer server = new RawServer(peer -> peer.answer(peer.request(), ""))) {
            LoadRunBuilder load = LoadRun.builder(server.http()).rate(200).length(Duration.ofMillis(100));

            Report strict = load.bound(Duration.ofNanos(2)).run();
            Report lax = load.bound(Duration.ofMinutes(10)).run();

            assertThat(strict.isVoid()).isTrue();
            assertThat(strict.json())
                    .contains("\"void\":true", "\"void_because\":\"our own p99 lateness of ", "\"lateness_max\":");
            assertThat(lax.isVoid()).isFalse();
            assertThat(lax.json()).contains("\"void\":false").doesNotContain("void_because");
        }
    }

    @Test
    void mistakesAreToldInOneLine() {
        assertThatThrownBy(() -> LoadCommand.parse("--rate", "5"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--url is missing: see load --help");
        assertThatThrownBy(() -> LoadCommand.parse("--url", "http://127.0.0.1:1/", "--rat", "5"))
                .hasMessage("there is no option --rat: see load --help");
        assertThatThrownBy(() -> LoadCommand.parse("--url", "http://127.0.0.1:1/", "--mode", "fast"))
                .hasMessage("there is no mode 'fast': take one of one-shot, keep-alive, h2c, echo");
        assertThatThrownBy(() -> LoadRun.builder(URI.create("https://localhost/"))
                        .rate(1)
                        .build())
                .hasMessage("mode one-shot can't use the URL https://localhost/: give http://HOST:PORT/PATH");
        assertThatThrownBy(() -> LoadRun.builder(URI.create("http://127.0.0.1:1/"))
                        .mode(Mode.KEEP_ALIVE)
                        .rate(1)
                        .build())
                .hasMessage("mode keep-alive takes its rate from clients and think time: leave the rate out");
    }
}
