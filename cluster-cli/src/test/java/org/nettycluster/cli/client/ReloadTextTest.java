package org.nettycluster.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.nettycluster.admin.Json;

final class ReloadTextTest {
    private final ReloadText text = new ReloadText("shop");
    private final List<String> said = new ArrayList<>();

    private void comes(String line) throws IOException {
        String words = text.line(Json.read(line));
        if (words != null) {
            said.add(words);
        }
    }

    private void step(String step) throws IOException {
        comes("{\"slot\":1,\"from\":\"1.1\",\"to\":\"1.2\",\"step\":\"" + step + "\"}");
    }

    private void report(String outcome, String reason, int forced) throws IOException {
        comes("{\"outcome\":\"" + outcome + "\",\"reason\":" + reason + ",\"lastLines\":[\"x\",\"y\"],"
                + "\"forcedConnections\":" + forced + ",\"durationMillis\":12340}");
    }

    @Test
    void eachStepIsALineAndTheReportIsTheLast() throws Exception {
        for (String step : List.of("starting", "ready", "baking", "draining", "done")) {
            step(step);
        }
        report("done", "null", 0);

        assertThat(said)
                .containsExactly(
                        "worker 1.2 is starting; worker 1.1 serves on",
                        "worker 1.2 is ready",
                        "worker 1.2 takes connections on trial; worker 1.1 serves on",
                        "worker 1.1 is draining",
                        "slot 1 is done: worker 1.2 alone serves");
        assertThat(text.end()).isEqualTo("shop: done in 12.3 s, no connection was cut");
    }

    @Test
    void connectionsThatWereCutAreCounted() throws Exception {
        report("done", "null", 1);
        assertThat(text.end()).endsWith(", 1 connection was still open at the deadline and cut");
        report("done", "null", 2);
        assertThat(text.end()).endsWith(", 2 connections were still open at the deadline and cut");
    }

    @Test
    void aFailureHasItsReasonAndTheWorkersLastLines() throws Exception {
        step("failed");
        report("aborted", "\"worker 1.2 exited with code 3\"", 0);

        assertThat(said).containsExactly("worker 1.2 failed; worker 1.1 serves on");
        assertThatThrownBy(text::end)
                .hasMessage("aborted after 12.3 s: worker 1.2 exited with code 3: whoever was not replaced serves on")
                .asInstanceOf(InstanceOfAssertFactories.type(ClientException.class))
                .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(1))
                .satisfies(failure -> assertThat(failure.lastLines()).containsExactly("x", "y"));
    }

    @Test
    void aMasterThatEndsBeforeTheReportIsAFailure() throws Exception {
        step("starting");

        assertThatThrownBy(text::end).hasMessage("the master of shop ended before the reload did");
    }
}
