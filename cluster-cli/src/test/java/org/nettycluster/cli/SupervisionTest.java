package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nettycluster.admin.Json;
import org.nettycluster.cli.Ncluster.Ended;
import org.nettycluster.cli.programs.Fickle;
import org.nettycluster.cli.programs.Greets;
import org.nettycluster.cli.programs.Shouts;

/** What the options of {@code run} that concern supervision do to real processes. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
final class SupervisionTest {
    private static final List<String> SOON = List.of("--back-off-max", "10ms", "--breaker", "2/60s");

    @TempDir
    private Path temp;

    private Path mood;
    private Ncluster ncluster;

    @BeforeAll
    static void needsEpoll() {
        assumeTrue(Epoll.isAvailable(), () -> "no epoll here: " + Epoll.unavailabilityCause());
    }

    @BeforeEach
    void goodMood() throws Exception {
        mood = Files.writeString(temp.resolve("mood"), "well");
        ncluster = new Ncluster(temp.resolve("r"));
    }

    private CommandProcess fickle(List<String> options) throws Exception {
        return CommandProcess.run(ncluster.runDirectory(), 2, options, Fickle.class, "0", mood.toString());
    }

    private void kill(int slot) {
        assertThat(ncluster.run("kill", Integer.toString(slot)).code()).isZero();
    }

    @Test
    void workersRunInTheDirectoryOfCwdAndRelativeClassPathsAreOurs() throws Exception {
        Path directory = Files.createDirectory(temp.resolve("elsewhere")).toRealPath();
        Path here = Path.of("").toAbsolutePath();
        String relative = Stream.of(CommandProcess.classPath().split(File.pathSeparator))
                .map(part -> here.relativize(Path.of(part).toAbsolutePath()).toString())
                .collect(Collectors.joining(File.pathSeparator));

        try (CommandProcess command = CommandProcess.start(
                "run",
                "-w1",
                "--run-dir",
                ncluster.runDirectory().toString(),
                "--cwd",
                directory.toString(),
                "-cp",
                relative,
                Greets.class.getName(),
                "0")) {
            command.awaitReady();

            long worker = command.workers().get(0).pid();
            assertThat(Files.readSymbolicLink(Path.of("/proc/" + worker + "/cwd")))
                    .isEqualTo(directory);
        }
    }

    @Test
    void firstNewWorkerBakesForAsLongAsRunWasToldUnlessReloadIsToldOtherwise() throws Exception {
        try (CommandProcess command = fickle(List.of("--bake", "700ms"))) {
            command.awaitReady();

            Ended reload = ncluster.run("reload");
            Ended unbaked = ncluster.run("reload", "--bake", "0", "--json");
            Ended baked = ncluster.run("reload", "--bake", "1500ms", "--json");

            String trial = " takes connections on trial; ";
            assertThat(reload.out())
                    .contains("worker 1.2" + trial + "worker 1.1 serves on")
                    .noneMatch(line -> line.contains("worker 2.2" + trial));
            assertThat(unbaked.out()).noneMatch(line -> line.contains("\"baking\""));
            assertThat(baked.out())
                    .filteredOn(line -> line.contains("\"baking\""))
                    .hasSize(1);
            assertThat(Json.read(baked.out().get(baked.out().size() - 1)).number("durationMillis"))
                    .isGreaterThanOrEqualTo(1500);
        }
    }

    @Test
    void slotGivesUpAfterAsManyCrashesAsBreakerSaysAndTheOthersServe() throws Exception {
        try (CommandProcess command = fickle(SOON)) {
            command.awaitReady();

            kill(1);
            ncluster.await("1.2", "ready");
            kill(1);

            command.awaitErr(line -> line.matches("worker 1\\.2 \\(pid \\d+\\) exited with SIGKILL \\(crash 2 in short"
                    + " time\\): slot 1 gives up; ncluster restart 1 tries again"));
            assertThat(ncluster.run("ls").out())
                    .anyMatch(line -> line.matches("Fickle .* 1/2 .* trouble"))
                    .last()
                    .asString()
                    .startsWith("Fickle: worker 1.2 crashed too often (2 times, SIGKILL), none is started");
            assertThat(ncluster.slot(2).text("state")).isEqualTo("ready");
            assertThat(ncluster.run("restart", "1").out()).startsWith("worker 1.3 is starting", "worker 1.3 is ready");
        }
    }

    @Test
    void fleetThatIsNotCompleteSaysWhyGoesOnAndIsReadyOnceTheSlotIsRestarted() throws Exception {
        Files.writeString(mood, "well\nhang");
        try (CommandProcess command = fickle(SOON)) {
            ncluster.await("1.1", "ready");
            kill(2);
            ncluster.await("2.2", "starting");
            kill(2);

            assertThat(command.awaitErr(line -> line.startsWith("ncluster: Fickle is not complete: slot 2 ")))
                    .contains("last with SIGKILL")
                    .endsWith(": the others serve on; mend the program, then restart slot 2 or reload");
            assertThat(ncluster.slot(1).text("state")).isEqualTo("ready");
            Files.writeString(mood, "well");
            assertThat(ncluster.run("restart", "2").code()).isZero();
            assertThat(command.awaitReady())
                    .matches("ready: Fickle on .*, 2 workers: 1\\.1 \\(pid \\d+\\), 2\\.3 \\(pid \\d+\\)");
            command.terminate();
            assertThat(command.exitCode()).isZero();
        }
    }

    @Test
    void fleetAllOfWhoseSlotsGiveUpBeforeItWasCompleteEndsTheCommand() throws Exception {
        Files.writeString(mood, "well\nhang");
        try (CommandProcess command = fickle(SOON)) {
            ncluster.await("1.1", "ready");
            kill(1);
            ncluster.await("1.2", "ready");
            kill(1);
            ncluster.await("1.2", "gave-up");
            kill(2);
            ncluster.await("2.2", "starting");
            kill(2);

            assertThat(command.exitCode()).isEqualTo(1);
            assertThat(command.err()).last().asString().contains("could not be started: every slot gave up");
        }
    }

    @Test
    void waitingLineSaysThatABoundWorkerHasNotSaidThatItIsReady() throws Exception {
        List<String> explicit = List.of("--ready", "explicit");
        try (CommandProcess command = CommandProcess.run(ncluster.runDirectory(), 1, explicit, Greets.class, "0")) {
            assertThat(command.awaitOut(line -> line.startsWith("waiting: ")))
                    .matches("waiting: after 10 s a port is bound, but ready\\(\\) was not called, in worker 1\\.1"
                            + " \\(pid \\d+\\): --ready explicit waits until the program calls ClusterWorker's"
                            + " ready\\(\\)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"out", "err"})
    void readerOfTheMastersOutputThatStopsDoesNotStopSupervision(String stream) throws Exception {
        try (CommandProcess command =
                CommandProcess.runUnread(ncluster.runDirectory(), 2, SOON, Shouts.class, stream, "0")) {
            ncluster.await("1.1", "ready");
            ncluster.await("2.1", "ready");
            while (command.unread(stream.equals("err")) < 60_000) {
                Thread.onSpinWait();
            }

            kill(1);
            ncluster.await("1.2", "ready");
            kill(1);
            ncluster.await("1.2", "gave-up");
            kill(2);
            ncluster.await("2.2", "ready");
            Ended stop = ncluster.run("stop");

            assertThat(stop.code()).as(stop.toString()).isZero();
            assertThat(command.exitCode()).isZero();
        }
    }
}
