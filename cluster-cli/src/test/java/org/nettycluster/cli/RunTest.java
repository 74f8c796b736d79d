package org.nettycluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.nettycluster.cli.programs.ExitsWithThree;
import org.nettycluster.cli.programs.Greets;
import org.nettycluster.cli.programs.NeverBinds;

/** The command as its user sees it: real processes, real signals, the lines they print and the codes they end with. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Execution(ExecutionMode.CONCURRENT)
final class RunTest {
    private static final Pattern READY = Pattern.compile(
            "ready: Greets on 127\\.0\\.0\\.1:(\\d+), 2 workers: " + "1\\.1 \\(pid (\\d+)\\), 2\\.1 \\(pid (\\d+)\\)");

    private static CommandProcess neverReady;

    @TempDir
    private Path temp;

    /** What is never ready waits while the others are tested. */
    @BeforeAll
    static void startWhatIsNeverReady(@TempDir Path directory) throws IOException {
        assumeTrue(Epoll.isAvailable(), () -> "no epoll here: " + Epoll.unavailabilityCause());
        neverReady = CommandProcess.run(directory.resolve("r"), 2, NeverBinds.class);
    }

    @AfterAll
    static void endWhatIsNeverReady() {
        if (neverReady != null) {
            neverReady.close();
        }
    }

    private Path runDirectory() {
        return temp.resolve("r");
    }

    @Test
    void readyLineNamesAddressAndWorkers() throws Exception {
        try (CommandProcess command = CommandProcess.run(runDirectory(), 2, Greets.class, "0")) {
            Matcher ready = READY.matcher(command.awaitReady());

            assertThat(ready.matches()).as("ready line").isTrue();
            List<String> pids = List.of(ready.group(2), ready.group(3));
            assertThat(command.workers())
                    .extracting(worker -> Long.toString(worker.pid()))
                    .containsExactlyInAnyOrderElementsOf(pids);
            int port = Integer.parseInt(ready.group(1));
            Set<String> answers = new HashSet<>();
            for (int i = 0; i < 100 && answers.size() < 2; i++) {
                answers.add(ask(port));
            }
            assertThat(answers).containsExactlyInAnyOrderElementsOf(pids);
        }
    }

    @Test
    void outputIsPrefixed() throws Exception {
        try (CommandProcess command = CommandProcess.run(runDirectory(), 2, Greets.class, "0", "--name", "-w", "@x")) {
            command.awaitReady();

            String said = " | arguments [0, --name, -w, @x], GREETING is good day";
            assertThat(command.out()).contains("worker 1.1" + said, "worker 2.1" + said);
            command.awaitErr("worker 1.1 | a word on standard error"::equals);
            command.awaitErr("worker 2.1 | a word on standard error"::equals);
        }
    }

    @Test
    void sigtermLeavesNoProcess() throws Exception {
        try (CommandProcess command = CommandProcess.run(runDirectory(), 2, Greets.class, "0")) {
            command.awaitReady();
            List<ProcessHandle> workers = command.workers();

            command.terminate();

            assertThat(command.exitCode()).isZero();
            assertThat(workers).hasSize(2).noneMatch(ProcessHandle::isAlive);
            assertThat(command.out()).last().asString().startsWith("stopping: Greets");
        }
    }

    @Test
    void anOpenConnectionIsWaitedForAndASecondSignalStopsAtOnce() throws Exception {
        try (CommandProcess command = CommandProcess.run(runDirectory(), 1, Greets.class, "0")) {
            int port = portOf(command.awaitReady());
            List<ProcessHandle> workers = command.workers();
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                greet(client);
                command.terminate();
                command.awaitOut(line -> line.startsWith("stopping: "));
                assertThat(greet(client)).isEqualTo(Long.toString(workers.get(0).pid()));

                command.terminate();

                assertThat(command.exitCode()).isEqualTo(128 + 15);
                assertThat(workers).noneMatch(ProcessHandle::isAlive);
            }
        }
    }

    /** The last: the first line that shows that a worker runs is the one that it is late, after 10 s. */
    @Test
    @Order(Integer.MAX_VALUE)
    void aSignalBeforeItIsReadyStopsItToo() throws Exception {
        neverReady.awaitOut(line -> line.startsWith("waiting: after 10 s nothing is bound in worker 1.1 (pid "));
        List<ProcessHandle> workers = neverReady.workers();

        neverReady.terminate();

        assertThat(neverReady.exitCode()).isZero();
        assertThat(workers).hasSize(2).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void aKilledWorkerIsStartedAgain() throws Exception {
        try (CommandProcess command = CommandProcess.run(runDirectory(), 2, Greets.class, "0")) {
            Matcher ready = READY.matcher(command.awaitReady());
            assertThat(ready.matches()).isTrue();
            long victim = Long.parseLong(ready.group(3));

            ProcessHandle.of(victim).orElseThrow().destroyForcibly();

            command.awaitOut(line -> line.matches(
                    "worker 2\\.1 \\(pid " + victim + "\\) exited with SIGKILL: starting a successor in \\d+ ms"));
            command.awaitOut(line -> line.matches("worker 2\\.2 \\(pid \\d+\\) is ready"));
            assertThat(command.workers()).hasSize(2);
        }
    }

    @Test
    void sighupReloadsAndTtinAndTtouScaleByOne() throws Exception {
        assumeTrue(!ignoresHangup(), "SIGHUP is ignored here (nohup?), and so it is in what we start");
        try (CommandProcess command = CommandProcess.run(runDirectory(), 1, Greets.class, "0")) {
            int port = portOf(command.awaitReady());
            String before = ask(port);

            command.signal("HUP");
            command.awaitOut("reload: done"::equals);
            assertThat(ask(port)).isNotEqualTo(before);

            command.signal("TTIN");
            command.awaitOut("one worker more: done"::equals);
            assertThat(command.workers()).hasSize(2);

            command.signal("TTOU");
            command.awaitOut("one worker less: done"::equals);
            assertThat(command.workers()).hasSize(1);

            command.signal("TTOU");
            command.awaitErr(line -> line.startsWith("ncluster: one worker less failed: "));
            ask(port);
        }
    }

    /** As proc_pid_status(5) says; SIGHUP is the lowest bit. */
    private static boolean ignoresHangup() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(
                                        line.substring("SigIgn:".length()).strip(), 16)
                                & 1)
                        != 0);
    }

    @Test
    void aProgramThatCannotStartEndsTheCommandWithItsReason() throws Exception {
        try (CommandProcess command = CommandProcess.run(runDirectory(), 1, ExitsWithThree.class)) {
            assertThat(command.exitCode()).isEqualTo(1);
            assertThat(command.err()).hasSize(2).first().isEqualTo("worker 1.1 | the configuration is missing");
            assertThat(command.err().get(1))
                    .matches("ncluster: ExitsWithThree could not be started: worker 1\\.1 \\(pid \\d+\\) exited with"
                            + " code 3 before any worker was ready; what it said is above");
            assertThat(command.out()).isEmpty();
        }
    }

    @Test
    void aPortInUseEndsTheCommandAndItsHolderIsUntouched() throws Exception {
        try (ServerSocket holder = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
                CommandProcess command =
                        CommandProcess.run(runDirectory(), 2, Greets.class, Integer.toString(holder.getLocalPort()))) {
            assertThat(command.exitCode()).isEqualTo(1);
            assertThat(command.err()).anyMatch(line -> line.contains(" | can't listen: "));
            assertThat(command.err()).last().asString().contains("could not be started: worker ");
            try (Socket client = new Socket(holder.getInetAddress(), holder.getLocalPort());
                    Socket accepted = holder.accept()) {
                assertThat(accepted.getPort()).isEqualTo(client.getLocalPort());
            }
        }
    }

    @Test
    void anUnknownMainClassEndsTheCommandWithTheJvmsReason() throws Exception {
        try (CommandProcess command = CommandProcess.start(
                "run",
                "-w1",
                "--run-dir",
                runDirectory().toString(),
                "-cp",
                CommandProcess.classPath(),
                "no.such.Main")) {
            assertThat(command.exitCode()).isEqualTo(1);
            assertThat(command.err())
                    .contains("worker 1.1 | Error: Could not find or load main class no.such.Main")
                    .last()
                    .asString()
                    .startsWith("ncluster: Main could not be started: worker 1.1 ");
        }
    }

    @Test
    void aSecondMasterWithTheSameNameIsRefusedAndTheFirstIsUntouched() throws Exception {
        try (CommandProcess first = CommandProcess.run(runDirectory(), 1, Greets.class, "0")) {
            int port = portOf(first.awaitReady());
            String pid = ask(port);

            try (CommandProcess second = CommandProcess.run(runDirectory(), 1, Greets.class, "0")) {
                assertThat(second.exitCode()).isEqualTo(1);
                assertThat(second.err())
                        .singleElement()
                        .asString()
                        .contains("another master (pid ")
                        .contains("choose another --name or --run-dir");
            }

            assertThat(ask(port)).isEqualTo(pid);
        }
    }

    @Test
    void aRunDirectoryThatOthersMayEnterIsRefused() throws Exception {
        Path open = Files.createDirectory(runDirectory());
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwx---"));
        refused(open, "has mode 0770, not 0700");
    }

    @Test
    void aRunDirectoryTooLongForASocketIsRefused() throws Exception {
        refused(temp.resolve("d".repeat(120)), "makes a unix socket path of ");
    }

    @Test
    void aRunDirectoryThatCannotBeMadeIsRefused() throws Exception {
        refused(Path.of("/proc/ncluster"), "can't create run directory /proc/ncluster");
    }

    private static void refused(Path runDirectory, String reason) throws Exception {
        try (CommandProcess command = CommandProcess.run(runDirectory, 1, Greets.class, "0")) {
            assertThat(command.exitCode()).isEqualTo(1);
            assertThat(command.err())
                    .singleElement()
                    .asString()
                    .startsWith("ncluster: Greets could not be started: ")
                    .contains(reason)
                    .contains("--run-dir");
        }
    }

    private static int portOf(String ready) {
        Matcher address = Pattern.compile("on 127\\.0\\.0\\.1:(\\d+),").matcher(ready);
        assertThat(address.find()).as(ready).isTrue();
        return Integer.parseInt(address.group(1));
    }

    private static String ask(int port) throws IOException {
        try (Socket client = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            return greet(client);
        }
    }

    private static String greet(Socket client) throws IOException {
        client.setSoTimeout(30_000);
        client.getOutputStream().write('?');
        InputStream in = client.getInputStream();
        StringBuilder answer = new StringBuilder();
        for (int next = in.read(); next != '\n' && next >= 0; next = in.read()) {
            answer.append(new String(new byte[] {(byte) next}, StandardCharsets.US_ASCII));
        }
        return answer.toString();
    }
}
