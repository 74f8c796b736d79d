package org.nettycluster.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nettycluster.master.ReloadOptions;
import org.nettycluster.master.ReloadProgress;
import org.nettycluster.master.ReloadReport;
import org.nettycluster.master.control.RunDirectory;
import org.nettycluster.master.supervise.ReloadStep;
import org.nettycluster.master.supervise.WorkerOutput.Stream;
import org.nettycluster.protocol.WorkerId;

/** The endpoint as its clients see it, bytes over a real socket, with a cluster that only remembers. */
@Timeout(60)
final class AdminEndpointTest {
    private final FakeControl control = new FakeControl();
    private final LogTail logs =
            new LogTail((worker, stream, text) -> {}, InstantSource.fixed(FakeControl.THEN), 1_000_000);
    private @Nullable AdminEndpoint endpoint;

    @TempDir
    private Path directory;

    @BeforeAll
    static void needsEpoll() {
        assumeTrue(Epoll.isAvailable(), () -> "no epoll here: " + Epoll.unavailabilityCause());
    }

    @AfterEach
    void close() {
        if (endpoint != null) {
            endpoint.close();
        }
    }

    private Path open(AdminEndpoint.Admission admission) throws IOException {
        endpoint = AdminEndpoint.open(directory, control, logs, ReloadOptions.defaults(), admission);
        return endpoint.socket();
    }

    private Path open() throws IOException {
        return open(AdminEndpoint.Admission.of(RunDirectory.currentUid()));
    }

    private RawAnswer send(String method, String target, String body) throws IOException {
        return RawAnswer.to(endpoint == null ? open() : endpoint.socket(), method, target, body);
    }

    @Test
    void statusShowsEveryFieldThatThePageDescribes() throws IOException {
        RawAnswer answer = send("GET", "/v1/status", "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.lines()).singleElement().isEqualTo("""
                {"name":"shop","version":"1.2","pid":4242,"uptimeMillis":75000,"workers":2,"ready":1,\
                "limits":{"perWorker":100,"total":null,"overload":"reset","open":6},\
                "kernel":{"listenOverflows":3,"listenDrops":5},\
                "listeners":[{"address":"[::1]:8080","accepted":7,"offered":8,"claimed":6,"refused":1,"revoked":1,\
                "abandoned":0,"waiting":1,"limitWaits":2,"resets":9,"backlog":null,"backlogLimit":4096}],\
                "datagrams":[{"address":"127.0.0.1:5353","sockets":2,"held":1}],\
                "slots":[{"slot":1,"worker":"1.3","state":"ready","paused":true,"pid":4711,\
                "since":"2026-01-02T03:04:05Z","readySince":"2026-01-02T03:04:05Z","crashes":2,"active":5,\
                "adopted":600,"lastExit":{"code":137,"signal":"SIGKILL"},"lastLines":["hello","world"],\
                "stall":{"loop":2,"since":"2026-01-02T03:04:05Z"},\
                "beside":[{"worker":"1.2","state":"draining","pid":4700,"since":"2026-01-02T03:04:05Z","active":7}]},\
                {"slot":2,"worker":"2.11","state":"gave-up","paused":false,"pid":null,\
                "since":"2026-01-02T03:04:05Z","readySince":null,"crashes":10,"active":0,"adopted":0,\
                "lastExit":{"code":3,"signal":null},"lastLines":["the configuration is missing"],"stall":null,\
                "beside":[]}],\
                "change":{"what":"scale to 4","since":"2026-01-02T03:04:05Z"}}""");
        assertThat(answer.headers()).contains("content-type: application/json", "connection: close");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            /v1/scale           | {"workers":4}  | scale 4    | {"workers":4}
            /v1/scale           | {"by":-1}      | scale 1    | {"workers":1}
            /v1/slots/2/pause   |                | pause 2    | {"slot":2}
            /v1/slots/2/resume  |                | resume 2   | {"slot":2}
            /v1/slots/2/kill    |                | kill 2     | {"slot":2}
            /v1/stop            |                | stop false | {"stopped":true}
            /v1/stop            | {"atOnce":true} | stop true | {"stopped":true}
            """)
    void eachChangeReachesTheClusterAndIsAnswered(String target, String body, String asked, String answer)
            throws IOException {
        RawAnswer received = send("POST", target, body == null ? "" : body);

        assertThat(received.lines()).containsExactly(answer);
        assertThat(received.status()).isEqualTo(200);
        assertThat(control.asked).containsExactly(asked);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            GET  | /                     |                    | 404 | there is no /
            GET  | /v2/status            |                    | 404 | there is no /v2/status
            GET  | /v1/slots/x/kill      |                    | 404 | there is no /v1/slots/x/kill
            POST | /v1/status            |                    | 405 | POST is not for /v1/status
            GET  | /v1/reload            |                    | 405 | GET is not for /v1/reload
            GET  | /v1/slots/1/kill      |                    | 405 | GET is not for /v1/slots/1/kill
            POST | /v1/scale             |                    | 400 | scale needs one of the fields workers and by
            POST | /v1/scale             | {"workers":0}      | 400 | 0 workers are not possible
            POST | /v1/scale             | {"workers":"x"}    | 400 | workers is no number
            POST | /v1/scale             | {"by":-2}          | 400 | 0 workers are not possible
            POST | /v1/scale             | [4]                | 400 | the request's body is not a JSON object
            POST | /v1/reload            | {"maxSurge":0}     | 400 | maxSurge 0 must be >= 1
            POST | /v1/reload            | {"                 | 400 | the request's body is not a JSON object
            GET  | /v1/logs?lines=-1     |                    | 400 | lines=-1 is no number from 0 to 10000
            GET  | /v1/logs?slot=many    |                    | 400 | slot=many is no number from 0 to 512
            """)
    void aMistakeIsAnsweredInWordsAndChangesNothing(String method, String target, String body, int status, String error)
            throws IOException {
        RawAnswer answer = send(method, target, body == null ? "" : body);

        assertThat(answer.status()).isEqualTo(status);
        JsonObject said = Json.read(answer.lines().get(0));
        assertThat(said.text("error")).isEqualTo(error);
        assertThat(said.text("wayOut")).isNotEmpty();
        assertThat(control.asked).isEmpty();
    }

    @Test
    void aChangeThatIsRefusedNowIsAConflict() throws IOException {
        control.answer = CompletableFuture.failedStage(
                new CompletionException(Refusal.conflict("a reload is in progress since 3 s", "ask again later")));
        control.reload = options -> CompletableFuture.failedStage(Refusal.conflict("a reload", "ask again later"));

        assertThat(send("POST", "/v1/scale", "{\"workers\":3}").status()).isEqualTo(409);
        RawAnswer answer = send("POST", "/v1/reload", "");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.lines()).containsExactly("{\"error\":\"a reload\",\"wayOut\":\"ask again later\"}");
    }

    @Test
    void whatTheMasterFailsAtIsSaidWithoutAStackTrace() throws IOException {
        control.answer = CompletableFuture.failedStage(new IllegalMonitorStateException("broken"));

        RawAnswer answer = send("POST", "/v1/slots/1/pause", "");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.lines()).singleElement().asString().contains("broken").doesNotContain("at org.");
    }

    @Test
    void reloadTellsEachStepAndThenTheReport() throws IOException {
        control.reload = options -> {
            options.progress()
                    .accept(new ReloadProgress(1, new WorkerId(1, 1), new WorkerId(1, 2), ReloadStep.STARTING));
            options.progress().accept(new ReloadProgress(1, null, new WorkerId(1, 2), ReloadStep.FAILED));
            return CompletableFuture.completedStage(new ReloadReport(
                    ReloadReport.Outcome.ABORTED, "it exited", List.of("no \"such\" file"), 2, Duration.ofSeconds(1)));
        };

        RawAnswer answer = send("POST", "/v1/reload", "{\"maxSurge\":2,\"readyTimeoutMillis\":5000,\"bakeMillis\":1}");

        assertThat(control.asked).containsExactly("reload 2 PT5S PT0.001S");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.lines())
                .containsExactly(
                        "{\"slot\":1,\"from\":\"1.1\",\"to\":\"1.2\",\"step\":\"starting\"}",
                        "{\"slot\":1,\"from\":null,\"to\":\"1.2\",\"step\":\"failed\"}",
                        "{\"outcome\":\"aborted\",\"reason\":\"it exited\",\"lastLines\":[\"no \\\"such\\\" file\"],"
                                + "\"forcedConnections\":2,\"durationMillis\":1000}");
    }

    @Test
    void restartTellsEachStepAndThenTheReport() throws IOException {
        RawAnswer answer = send("POST", "/v1/slots/2/restart", "");

        assertThat(control.asked).containsExactly("restart 2");
        assertThat(answer.lines())
                .containsExactly(
                        "{\"slot\":2,\"from\":null,\"to\":\"2.4\",\"step\":\"starting\"}",
                        "{\"outcome\":\"done\",\"reason\":null,\"lastLines\":[],"
                                + "\"forcedConnections\":0,\"durationMillis\":1500}");
    }

    @Test
    void aReloadThatWasNotBegunIsAConflict() throws IOException {
        control.reload = options -> CompletableFuture.completedStage(
                new ReloadReport(ReloadReport.Outcome.REFUSED, "there is no fleet", List.of(), 0, Duration.ZERO));

        assertThat(send("POST", "/v1/reload", "").status()).isEqualTo(409);
    }

    @Test
    void logsShowTheLastLinesOfOneWorkerOrOfAll() throws IOException {
        for (int i = 1; i <= 3; i++) {
            logs.line(new WorkerId(1, 1), Stream.OUT, "one " + i);
            logs.line(new WorkerId(2, 1), Stream.ERR, "two " + i);
        }

        assertThat(send("GET", "/v1/logs?slot=2&lines=2", "").lines())
                .containsExactly(
                        "{\"at\":\"2026-01-02T03:04:05Z\",\"worker\":\"2.1\",\"stream\":\"err\",\"text\":\"two 2\"}",
                        "{\"at\":\"2026-01-02T03:04:05Z\",\"worker\":\"2.1\",\"stream\":\"err\",\"text\":\"two 3\"}");
        assertThat(send("GET", "/v1/logs", "").lines()).hasSize(6);
    }

    @Test
    void aFollowerMissesNoLineAndIsLetGoWhenTheEndpointCloses() throws Exception {
        logs.line(new WorkerId(1, 1), Stream.OUT, "before");
        Path socket = open();
        try (RawClient client = RawClient.connect(socket)) {
            client.request("GET", "/v1/logs?follow=true&slot=1", "");
            assertThat(client.nextLineContaining("\"text\"")).contains("before");

            logs.line(new WorkerId(2, 1), Stream.OUT, "of another");
            logs.line(new WorkerId(1, 1), Stream.OUT, "after");

            assertThat(client.nextLineContaining("\"text\"")).contains("after");
            assertThat(logs.followers()).isEqualTo(1);
            close();
            endpoint = null;
            assertThat(client.rest()).endsWith("0\r\n\r\n");
        }
        assertThat(logs.followers()).isZero();
    }

    @Test
    void aFollowerThatDoesNotReadCostsABoundedNumberOfLinesAndLearnsHowManyItMissed() throws Exception {
        try (RawClient client = RawClient.connect(open())) {
            client.request("GET", "/v1/logs?follow=true", "");
            // The head of the answer is sent before it is one; only lines from then on can be missed.
            while (logs.followers() == 0) {
                Thread.onSpinWait();
            }
            String text = "x".repeat(4000);
            for (int i = 0; i < 5000; i++) {
                logs.line(new WorkerId(1, 1), Stream.OUT, text);
            }

            String missed = client.nextLineContaining("\"dropped\"");

            long dropped = Json.read(missed).number("dropped");
            assertThat(dropped).isPositive().isLessThan(5000);
        }
    }

    @Test
    void aBodyThatIsTooLongIsRefusedUnread() throws IOException {
        RawAnswer answer = send("POST", "/v1/scale", " ".repeat(BoundedRequest.LONGEST_BODY + 1));

        assertThat(answer.status()).isEqualTo(413);
        assertThat(control.asked).isEmpty();
    }

    @Test
    void whatIsNotHttpIsRefused() throws Exception {
        try (RawClient client = RawClient.connect(open())) {
            client.write("\u0001\u0002 hello\r\n\r\n");
            assertThat(client.rest()).startsWith("HTTP/1.1 400 ");
        }
        assertThat(control.asked).isEmpty();
    }

    @Test
    void aSecondRequestOnOneConnectionIsNotCarriedOut() throws Exception {
        try (RawClient client = RawClient.connect(open())) {
            String pause = "POST /v1/slots/1/pause HTTP/1.1\r\nHost: x\r\n\r\n";
            client.write(pause + pause);
            assertThat(client.rest()).startsWith("HTTP/1.1 200 ");
        }
        assertThat(control.asked).containsExactly("pause 1");
    }

    @Test
    void aClientThatDoesNotFinishItsRequestIsSentAway() throws Exception {
        Path socket = open(new AdminEndpoint.Admission(RunDirectory.currentUid(), Duration.ofMillis(200), 64));
        try (RawClient client = RawClient.connect(socket)) {
            client.write("GET /v1/status HTTP/1.1\r\nHost:");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void processesOfAnotherUserAreSentAwayUnheard() throws Exception {
        Path socket = open(new AdminEndpoint.Admission(RunDirectory.currentUid() + 1, Duration.ofSeconds(10), 64));
        try (RawClient client = RawClient.connect(socket)) {
            assertThat(client.rest()).isEmpty();
        }
        assertThat(control.asked).isEmpty();
    }

    @Test
    void oneMoreThanTheLimitIsSentAwayAndTheOthersAreServed() throws Exception {
        Path socket = open(new AdminEndpoint.Admission(RunDirectory.currentUid(), Duration.ofSeconds(30), 2));
        try (RawClient first = RawClient.connect(socket);
                RawClient second = RawClient.connect(socket);
                RawClient third = RawClient.connect(socket)) {
            assertThat(third.rest()).isEmpty();
            first.request("GET", "/v1/status", "");
            assertThat(first.rest()).startsWith("HTTP/1.1 200 ");
            second.request("GET", "/v1/status", "");
            assertThat(second.rest()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void theSocketIsOursAloneReplacesAStaleOneAndIsRemoved() throws IOException {
        Files.createFile(directory.resolve(AdminEndpoint.SOCKET));

        Path socket = open();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        close();
        endpoint = null;
        assertThat(socket).doesNotExist();
    }

    @Test
    void aDirectoryThatOthersMayEnterIsRefused() throws IOException {
        Path open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThatThrownBy(() -> AdminEndpoint.open(open, control, logs, ReloadOptions.defaults()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not safe")
                .hasMessageContaining("has mode 0755, not 0700");
    }
}
