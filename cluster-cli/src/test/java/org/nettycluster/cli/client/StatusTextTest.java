package org.nettycluster.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nettycluster.admin.Json;
import org.nettycluster.admin.JsonObject;

/** The tables as text, character by character. */
final class StatusTextTest {
    private static final Instant NOW = Instant.parse("2026-01-02T05:00:00Z");

    private static final String SHOP = """
            {"name":"shop","version":"1.2","pid":4242,"uptimeMillis":7265000,"workers":3,"ready":1,
             "listeners":[{"address":"127.0.0.1:8080","accepted":12345,"claimed":12340,"revoked":3,"refused":1,
                           "waiting":1}],
             "slots":[{"slot":1,"worker":"1.3","state":"ready","paused":true,"pid":4711,
                       "since":"2026-01-02T04:59:18Z","crashes":0,"active":5,"adopted":12000,"lastExit":null,
                       "lastLines":[],"stall":{"loop":2,"since":"2026-01-02T04:59:50Z"},
                       "beside":[{"worker":"1.2","state":"draining","pid":4700,"since":"2026-01-02T04:59:18Z",
                                  "active":7}]},
                      {"slot":2,"worker":"2.11","state":"gave-up","paused":false,"pid":null,
                       "since":"2026-01-01T03:00:00Z","crashes":10,"active":0,"adopted":340,
                       "lastExit":{"code":3,"signal":null},"lastLines":["a","the configuration is missing"],
                       "stall":null,"beside":[]},
                      {"slot":3,"worker":"3.2","state":"backing-off","paused":false,"pid":null,
                       "since":"2026-01-02T04:57:30Z","crashes":1,"active":0,"adopted":0,
                       "lastExit":{"code":137,"signal":"SIGKILL"},"lastLines":[],"stall":null,"beside":[]}],
             "change":null}""";
    private static final String TILL = """
            {"name":"till-2","pid":99,"uptimeMillis":500,"workers":0,"ready":0,"listeners":[],"slots":[],
             "change":{"what":"reload","since":"2026-01-02T04:59:58Z"},"news":{"of":["a","later","version"]}}""";

    @Test
    void listShowsOneRowForEachClusterAndBelowWhatIsWrong() throws IOException {
        assertThat(lines(StatusText.list(List.of(Json.read(SHOP), Json.read(TILL)), NOW)))
                .isEqualTo("""
                NAME     PID  WORKERS  UP     ACTIVE  LISTENS ON      STATE
                shop    4242  1/3      2h 1m      12  127.0.0.1:8080  trouble
                till-2    99  0/0      0s          0  -               reload
                shop: worker 1.3: event loop 2 has not moved for 10s, new connections go elsewhere
                shop: worker 2.11 crashed too often (10 times, code 3), none is started: restart 2 tries again; \
                last line: the configuration is missing
                shop: worker 3.2 crashed (SIGKILL), a successor starts soon""");
    }

    @Test
    void detailsShowEachWorkerAndWhoDrainsBesideIt() throws IOException {
        assertThat(lines(StatusText.details(Json.read(SHOP), NOW))).isEqualTo("""
                shop: pid 4242, up 2h 1m, 1 of 3 workers ready

                LISTENS ON      ACCEPTED  CLAIMED  WAITING  MOVED
                127.0.0.1:8080     12345    12340        1      4

                WORKER  STATE         PID  FOR     ACTIVE  ADOPTED  CRASHES  LAST EXIT
                1.3     paused       4711  42s          5    12000        0  -
                1.2     draining     4700  42s          7        -        -  -
                2.11    gave-up         -  1d 2h        0      340       10  code 3
                3.2     backing-off     -  2m 30s       0        0        1  SIGKILL

                worker 1.3: event loop 2 has not moved for 10s, new connections go elsewhere
                worker 2.11 crashed too often (10 times, code 3), none is started: restart 2 tries again; \
                last line: the configuration is missing
                worker 3.2 crashed (SIGKILL), a successor starts soon""");
    }

    @Test
    void udpIsShownWhereThereIsSome() throws IOException {
        assertThat(lines(StatusText.details(Json.read("""
                {"name":"dns","pid":42,"slots":[],
                 "datagrams":[{"address":"127.0.0.1:5353","sockets":4,"held":3}]}"""), NOW))).contains("""

                UDP             SOCKETS  HELD
                127.0.0.1:5353        4     3
                """.stripTrailing());
    }

    @Test
    void limitsAreShownWithTheClientsThatFoundNoPlaceAndWhatTheKernelDropped() throws IOException {
        assertThat(lines(StatusText.details(Json.read("""
                {"name":"shop","pid":42,"limits":{"perWorker":100,"total":250,"overload":"wait","open":250},
                 "kernel":{"listenOverflows":3,"listenDrops":5},"slots":[],
                 "listeners":[{"address":"127.0.0.1:8080","accepted":1,"limitWaits":12,"resets":0,"backlog":46}]}"""), NOW))).contains("""
                250 connections are open, at most 100 for each worker and 250 in all; clients beyond wait
                127.0.0.1:8080: accepting has waited 12 times, 0 clients were reset, 46 are in the backlog
                the kernel has dropped 5 connections of this machine before they could be accepted, 3 because a \
                backlog was full
                """);
    }

    @Test
    void whatAnotherVersionSaysIsShownAsFarAsItIsKnown() {
        assertThat(lines(StatusText.details(new JsonObject(Map.of()), NOW))).startsWith(": pid 0, up 0s");
    }

    @ParameterizedTest
    @CsvSource({
        "999, 0s",
        "59999, 59s",
        "60000, 1m",
        "3599000, 59m 59s",
        "3600000, 1h",
        "86399000, 23h 59m",
        "90000000, 1d 1h"
    })
    void agesAreSaidInTheirTwoLargestUnits(long millis, String text) {
        assertThat(Ages.text(Duration.ofMillis(millis))).isEqualTo(text);
    }

    private static String lines(List<String> lines) {
        return String.join("\n", lines);
    }
}
