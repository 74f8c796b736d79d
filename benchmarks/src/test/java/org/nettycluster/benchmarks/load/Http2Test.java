package org.nettycluster.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.benchmarks.load.GoingServer.Request;

/** Streams, and who is to blame when their connection goes. */
@Timeout(60)
class Http2Test {
    private static Report against(GoingServer.Manners manners) {
        try (GoingServer server = new GoingServer(manners)) {
            return LoadRun.builder(server.http())
                    .mode(Mode.H2C)
                    .rate(200)
                    .connections(2, 50)
                    .length(Duration.ofMillis(200))
                    .timeout(Duration.ofSeconds(20))
                    .run();
        }
    }

    @Test
    void streamsShareTheirConnections() {
        Report report = against(Request::answer);

        assertThat(report.count(Outcome.OK)).as(report.json()).isEqualTo(40);
        assertThat(report.failed()).isZero();
        assertThat(report.count(Aside.CONNECTIONS)).isEqualTo(2);
        assertThat(report.workers()).containsEntry("1.1", 40L);
    }

    @Test
    void aStreamAboveTheLastOfAGoAwayIsRetriedAndNoFailure() {
        // Each connection serves its first three streams; the fourth makes it go, and is refused.
        Report report = against(request -> {
            if (request.stream().id() < 7) {
                request.answer();
            } else if (request.stream().id() == 7) {
                request.goAway(5);
            }
        });

        assertThat(report.count(Outcome.OK)).as(report.json()).isEqualTo(40);
        assertThat(report.failed()).isZero();
        assertThat(report.count(Aside.REFUSED_BY_GOAWAY)).isPositive();
        assertThat(report.count(Aside.CLOSED_UNANNOUNCED)).isZero();
        assertThat(report.count(Aside.CONNECTIONS)).isGreaterThanOrEqualTo(14);
    }

    @Test
    void aStreamThatAGoAwayAllowsAndThatFailsIsAFailure() {
        Report report = against(request -> {
            if (request.stream().id() < 7) {
                request.answer();
            } else if (request.stream().id() == 7) {
                request.connection().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
                request.cut();
            }
        });

        assertThat(report.attempts()).isEqualTo(40);
        assertThat(report.count(Outcome.RESET_BEFORE)).as(report.json()).isPositive();
        assertThat(report.count(Outcome.OK) + report.count(Outcome.RESET_BEFORE))
                .isEqualTo(40);
    }

    @Test
    void eachStreamCanFailInItsOwnWay() {
        Report report = against(request -> {
            switch (request.number() % 5) {
                case 0 -> request.answer();
                case 1 ->
                    request.head("200", request.nonce())
                            .write(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(request.stream()));
                case 2 ->
                    request.connection()
                            .write(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM).stream(request.stream()));
                case 3 -> request.answer("200", "another");
                default -> request.answer("503", request.nonce());
            }
        });

        assertThat(report.attempts()).isEqualTo(40);
        assertThat(report.count(Outcome.OK)).as(report.json()).isEqualTo(8);
        assertThat(report.count(Outcome.RESET_WITHIN)).isEqualTo(8);
        assertThat(report.count(Outcome.RESET_BEFORE)).isEqualTo(8);
        assertThat(report.count(Outcome.WRONG)).isEqualTo(16);
        assertThat(report.count(Aside.CONNECTIONS)).isEqualTo(2);
    }

    @Test
    void anIdleConnectionThatEndsWithoutGoAwayIsCounted() {
        try (GoingServer server = new GoingServer(request -> {
            request.answer();
            request.cut();
        })) {
            // Far enough apart that behind some answer nobody waits for a stream yet.
            Report report = LoadRun.builder(server.http())
                    .mode(Mode.H2C)
                    .rate(10)
                    .connections(1, 1)
                    .length(Duration.ofMillis(600))
                    .run();

            assertThat(report.attempts()).isEqualTo(6);
            assertThat(report.count(Aside.CLOSED_UNANNOUNCED)).as(report.json()).isPositive();
            assertThat(report.count(Aside.CONNECTIONS)).isGreaterThan(1);
        }
    }

    @Test
    void aStreamThatIsNotAnsweredIsATimeout() {
        try (GoingServer server = new GoingServer(request -> {})) {
            Report report = LoadRun.builder(server.http())
                    .mode(Mode.H2C)
                    .rate(100)
                    .connections(1, 5)
                    .length(Duration.ofMillis(100))
                    .timeout(Duration.ofMillis(300))
                    .run();

            // Five of them had to wait for a stream, until there was one or no time was left.
            assertThat(report.count(Outcome.TIMEOUT)).as(report.json()).isEqualTo(10);
        }
    }
}
