package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;

@Timeout(30)
class ChildProcessTest {
    private static final WorkerId ID = new WorkerId(3, 2);
    private static final WorkerEnvironment ROLE = new WorkerEnvironment(
            Path.of("/run/x/control.sock"),
            ID,
            Token.random(),
            ProcessHandle.current().pid());

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private ChildProcess start(WorkerCommand command) throws IOException {
        return ChildProcess.start(
                ID, command, ROLE, (worker, stream, text) -> lines.add(worker + " " + stream + " " + text));
    }

    private ChildProcess shell(String script) throws IOException {
        return start(WorkerCommand.of(List.of("sh", "-c", script)));
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private String line() throws InterruptedException {
        return String.valueOf(lines.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void everyLineIsToldAndTheEndOfTheStreams() throws Exception {
        ChildProcess child = shell("echo one; echo two >&2; printf 'no end'");
        assertThat(get(child.exit())).isEqualTo(WorkerExit.of(0));
        get(child.outputEnded());
        assertThat(lines).containsExactlyInAnyOrder("3.2 OUT one", "3.2 ERR two", "3.2 OUT no end");
    }

    @Test
    void lineWithoutEndIsCut() throws Exception {
        ChildProcess child = shell("head -c 40000 /dev/zero | tr '\\0' x; echo; echo after");
        get(child.outputEnded());
        assertThat(lines.stream().map(String::length))
                .containsExactly(8 + 16384, 8 + 16384, 8 + 40000 - 2 * 16384, 8 + 5);
    }

    @Test
    void lineEndsOfEverySystemAreLineEnds() throws Exception {
        get(shell("printf 'a\\r\\nb\\rc\\n\\nd'").outputEnded());
        assertThat(lines).containsExactly("3.2 OUT a", "3.2 OUT b", "3.2 OUT c", "3.2 OUT ", "3.2 OUT d");
    }

    @Test
    void environmentNamesTheWorkerWhateverTheCommandSays() throws Exception {
        start(WorkerCommand.of(List.of("sh", "-c", "echo $NCLUSTER_WORKER $NCLUSTER_MASTER_PID $EXTRA"))
                .withEnvironment(Map.of("NCLUSTER_WORKER", "9.9", "EXTRA", "more")));
        assertThat(line()).isEqualTo("3.2 OUT 3.2 " + ProcessHandle.current().pid() + " more");
    }

    @Test
    void weAreItsParentAndItsSessionIsItsOwn() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")), "setsid(1) is not installed");
        ChildProcess child = shell("read -r stat < /proc/$$/stat; echo $stat; echo $PPID");
        String[] stat = line().split(" ", -1);
        long us = ProcessHandle.current().pid();
        // "3.2 OUT" and then pid, name, state, parent, process group, session.
        assertThat(List.of(stat[2], stat[5], stat[6], stat[7]))
                .containsExactly("" + child.pid(), "" + us, "" + child.pid(), "" + child.pid());
        assertThat(line()).isEqualTo("3.2 OUT " + us);
    }

    @Test
    void standardInputIsEmpty() throws Exception {
        assertThat(get(shell("cat").exit())).isEqualTo(WorkerExit.of(0));
    }

    @Test
    void endByASignalIsTold() throws Exception {
        ChildProcess child = shell("kill -9 $$");
        assertThat(get(child.exit())).isEqualTo(new WorkerExit(137, "SIGKILL"));
        assertThat(child.isAlive()).isFalse();
        assertThat(get(shell("exit 42").exit())).isEqualTo(new WorkerExit(42, null));
    }

    @Test
    void lastLinesAfterSigtermArrive() throws Exception {
        ChildProcess child =
                shell("trap 'echo going; echo gone >&2; exit 7' TERM; echo up; while :; do sleep 0.05; done");
        assertThat(line()).isEqualTo("3.2 OUT up");
        child.terminate();
        assertThat(get(child.exit())).isEqualTo(WorkerExit.of(7));
        get(child.outputEnded());
        assertThat(lines).containsExactlyInAnyOrder("3.2 OUT going", "3.2 ERR gone");
    }

    @Test
    void killIsNotAskedFor() throws Exception {
        ChildProcess child = shell("trap '' TERM; echo up; while :; do sleep 0.05; done");
        line();
        child.terminate();
        child.kill();
        assertThat(get(child.exit()).signal()).isEqualTo("SIGKILL");
        child.terminate();
        child.kill();
    }

    @Test
    void grandchildThatHoldsThePipesHidesNoEnd() throws Exception {
        ChildProcess child = shell("sleep 60 & echo $!; exit 3");
        long grandchild = Long.parseLong(line().substring("3.2 OUT ".length()));
        try {
            // Whether its pipes have ended by now depends on the JDK's reaper; the end of the process does not.
            assertThat(get(child.exit())).isEqualTo(WorkerExit.of(3));
        } finally {
            ProcessHandle.of(grandchild).ifPresent(ProcessHandle::destroyForcibly);
        }
        get(child.outputEnded());
    }

    @Test
    void programThatIsNotThereIsTheCallersToHear() {
        assertThatThrownBy(() -> start(WorkerCommand.of(List.of("no-such-program-here"))))
                .isInstanceOf(IOException.class)
                .hasMessage("can't start worker 3.2: there is no program 'no-such-program-here' in PATH");
        assertThatThrownBy(() -> start(WorkerCommand.of(List.of("/no/such/program"))))
                .hasMessage("can't start worker 3.2: there is no program /no/such/program that we may execute");
        assertThatThrownBy(() -> start(WorkerCommand.of(List.of("/tmp")))).hasMessageContaining("/tmp");
    }

    @Test
    void directoryIsTheWorkersOwn(@TempDir Path home) throws Exception {
        Path program = Files.writeString(home.resolve("run.sh"), "#!/bin/sh\npwd\n");
        Files.setAttribute(program, "unix:mode", 0755);
        start(new WorkerCommand(List.of("./run.sh"), Map.of(), home));
        assertThat(line()).isEqualTo("3.2 OUT " + home.toRealPath());
        assertThatThrownBy(() -> start(new WorkerCommand(List.of("true"), Map.of(), home.resolve("gone"))))
                .hasMessage("can't start worker 3.2: its directory " + home.resolve("gone") + " is not there");
    }

    @Test
    void nameThatNoEnvironmentHoldsIsTheCallersToHear() {
        assertThatThrownBy(() -> start(WorkerCommand.of(List.of("true")).withEnvironment(Map.of("A=B", "c"))))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("can't start worker 3.2: ");
    }

    /** Where the user may have no more threads, the end of a process must not need one. */
    @Test
    void theEndIsToldByAThreadThatWasThereBefore() throws Exception {
        ChildProcess child = shell("sleep 0.3");
        CompletionStage<String> teller =
                child.exit().thenApply(exit -> Thread.currentThread().getName());
        assertThat(get(teller)).isEqualTo("ncluster-exit-3.2");
    }

    @Test
    void threadsEndWithThePipes() throws Exception {
        ChildProcess child = shell("echo x");
        get(child.exit());
        get(child.outputEnded());
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().matches("ncluster-(output|exit)-3\\.2.*")) {
                thread.join(10_000);
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }
}
