package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.nettycluster.admin.JsonObject;
import org.nettycluster.cli.Ncluster.Ended;
import org.nettycluster.cli.programs.Fickle;

/** The commands to a running cluster, against one of real processes. */
@Execution(ExecutionMode.CONCURRENT)
final class CommandsTest {
    @TempDir
    private Path temp;

    private Path mood;

    @BeforeAll
    static void needsEpoll() {
        assumeTrue(Epoll.isAvailable(), () -> "no epoll here: " + Epoll.unavailabilityCause());
    }

    @BeforeEach
    void goodMood() throws Exception {
        mood = Files.writeString(temp.resolve("mood"), "well");
    }

    private Path runDirectory() {
        return temp.resolve("r");
    }

    private CommandProcess start() throws Exception {
        CommandProcess cluster = CommandProcess.run(runDirectory(), 2, Fickle.class, "0", mood.toString());
        cluster.awaitReady();
        return cluster;
    }

    private Ended ncluster(String... arguments) {
        return new Ncluster(runDirectory()).run(arguments);
    }

    private JsonObject status() throws IOException {
        return new Ncluster(runDirectory()).status();
    }

    private static Set<Long> pids(CommandProcess cluster) {
        return cluster.workers().stream().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    private Set<String> workers() throws Exception {
        return status().objects("slots").stream()
                .map(slot -> slot.text("worker"))
                .collect(Collectors.toSet());
    }

    @Test
    void aClusterIsShownScaledPausedAndRestartedAndStopped() throws Exception {
        try (CommandProcess cluster = start()) {
            assertThat(ncluster("ls").out())
                    .hasSize(2)
                    .last()
                    .asString()
                    .matches("Fickle +\\d+ +2/2 +\\d+s +0 +127\\.0\\.0\\.1:\\d+ +ok");
            assertThat(workers()).containsExactlyInAnyOrder("1.1", "2.1");

            assertThat(ncluster("scale", "+1")).isEqualTo(new Ended(0, List.of("r: 3 workers"), List.of()));
            assertThat(cluster.workers()).hasSize(3);
            assertThat(ncluster("scale", "-1").code()).isZero();
            assertThat(ncluster("scale", "2").out()).containsExactly("r: 2 workers");
            assertThat(cluster.workers()).hasSize(2);

            assertThat(ncluster("pause", "2").code()).isZero();
            assertThat(ncluster("status").out()).anyMatch(line -> line.matches("2\\.1 +paused .*"));
            assertThat(ncluster("resume", "2").code()).isZero();

            assertThat(ncluster("restart", "1").out())
                    .startsWith(
                            "worker 1.2 is starting; worker 1.1 serves on",
                            "worker 1.2 is ready",
                            "worker 1.1 is draining",
                            "slot 1 is done: worker 1.2 alone serves")
                    .last()
                    .asString()
                    .startsWith("r: done in ");
            assertThat(workers()).containsExactlyInAnyOrder("1.2", "2.1");

            assertThat(ncluster("logs", "--slot", "1", "-n", "2").out())
                    .hasSize(2)
                    .allMatch(line -> line.startsWith("worker 1.2 | "));

            assertThat(ncluster("kill", "2").code()).isZero();
            cluster.awaitOut(line -> line.matches("worker 2\\.2 \\(pid \\d+\\) is ready"));

            assertThat(ncluster("stop")).isEqualTo(new Ended(0, List.of("r: stopped"), List.of()));
            assertThat(cluster.exitCode()).isZero();
            assertThat(ncluster("status").code()).isEqualTo(3);
        }
    }

    @Test
    void reloadTellsEachStepAndReplacesEveryWorker() throws Exception {
        try (CommandProcess cluster = start()) {
            Ended reload = ncluster("reload");

            assertThat(reload.code()).isZero();
            assertThat(reload.out())
                    .contains(
                            "worker 1.2 is starting; worker 1.1 serves on",
                            "worker 1.2 is ready",
                            "worker 1.1 is draining",
                            "slot 2 is done: worker 2.2 alone serves")
                    .last()
                    .asString()
                    .matches("r: done in [\\d.]+ s, no connection was cut");
            assertThat(workers()).containsExactlyInAnyOrder("1.2", "2.2");
            assertThat(cluster.workers()).hasSize(2);
        }
    }

    @Test
    void reloadToAVersionThatCrashesEndsWithItsReasonAndLastLinesAndTheOldOnesServeOn() throws Exception {
        try (CommandProcess cluster = start()) {
            Set<Long> before = pids(cluster);
            Files.writeString(mood, "crash");

            Ended reload = ncluster("reload");

            assertThat(reload.code()).isEqualTo(1);
            assertThat(reload.out()).contains("worker 1.2 failed; worker 1.1 serves on");
            assertThat(reload.err())
                    .contains("  | the new version has a flaw")
                    .last()
                    .asString()
                    .startsWith("ncluster reload: aborted after ")
                    .contains("code 3")
                    .endsWith(": whoever was not replaced serves on");
            assertThat(status().number("ready")).isEqualTo(2);
            assertThat(workers()).containsExactlyInAnyOrder("1.1", "2.1");
            assertThat(pids(cluster)).isEqualTo(before);
        }
    }

    @Test
    void aSecondChangeIsRefusedNowAndStopEndsTheFirst() throws Exception {
        try (CommandProcess cluster = start()) {
            Files.writeString(mood, "hang");
            CompletableFuture<Ended> reload = CompletableFuture.supplyAsync(() -> ncluster("reload"));
            while (status().object("change") == null && !reload.isDone()) {
                Thread.onSpinWait();
            }

            assertThat(ncluster("status").out())
                    .anyMatch(line -> line.matches("1\\.1 +ready .*"))
                    .anyMatch(line -> line.matches("1\\.2 +starting .*"));
            Ended scale = ncluster("scale", "3");
            Ended second = ncluster("reload");

            assertThat(scale.code()).isEqualTo(4);
            assertThat(scale.err()).singleElement().asString().contains("a reload is in progress since");
            assertThat(second.code()).isEqualTo(4);
            assertThat(ncluster("stop").code()).isZero();
            assertThat(reload.get(60, TimeUnit.SECONDS).code()).isEqualTo(1);
            assertThat(cluster.exitCode()).isZero();
        }
    }

    @Test
    void whatNobodyCanDoIsAMistake() throws Exception {
        try (CommandProcess cluster = start()) {
            assertThat(ncluster("kill", "9").err())
                    .containsExactly("ncluster kill: there is no slot 9: name one from 1 to 2");
            assertThat(ncluster("kill", "9").code()).isEqualTo(2);
            assertThat(ncluster("scale", "-2").code()).isEqualTo(2);
            assertThat(cluster.workers()).hasSize(2);
        }
    }

    @Test
    void stopNowCutsWhatRuns() throws Exception {
        try (CommandProcess cluster = start()) {
            assertThat(ncluster("stop", "--now").code()).isZero();
            assertThat(cluster.exitCode()).isZero();
            assertThat(cluster.workers()).isEmpty();
        }
    }
}
