package org.nettycluster.master.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.Eventually;
import org.nettycluster.master.FakeWorker;
import org.nettycluster.master.LogRecorder;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.Welcome;
import org.nettycluster.protocol.WorkerEnvironment;

/** Tokens are of one process: who else knows one is sent away, and spoils nothing for the process that it is of. */
@Timeout(30)
class BearerTest {
    private final LogRecorder log = new LogRecorder();
    private final Door door = new Door();
    private final List<Process> processes = new ArrayList<>();

    BearerTest() throws Exception {}

    @AfterEach
    void close() throws IOException {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        door.close();
        log.close();
    }

    private ProcessHandle run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        processes.add(process);
        return process.toHandle();
    }

    @Test
    void itsProcessAndThoseBelowItAreLetInAndNobodyElse() throws Exception {
        ProcessHandle shell = run("sh", "-c", "sleep 60; true");
        Bearer bearer = new Bearer(true);
        assertThat(bearer.isKnown()).isFalse();
        assertThat(bearer.mayBe(shell.pid())).isFalse();
        bearer.started(shell);
        assertThat(bearer.isKnown()).isTrue();
        assertThat(bearer.mayBe(shell.pid())).isTrue();
        Eventually.eventually("a child", () -> shell.children().findAny().isPresent());
        assertThat(bearer.mayBe(shell.children().findAny().orElseThrow().pid())).isTrue();
        assertThat(bearer.mayBe(ProcessHandle.current().pid())).isFalse();
        assertThat(bearer.mayBe(run("sleep", "60").pid())).isFalse();
        assertThat(bearer.mayBe(0)).isFalse();
    }

    @Test
    void numberThatIsUsedAgainIsAnotherProcess() throws Exception {
        Path next = Path.of("/proc/sys/kernel/ns_last_pid");
        assumeTrue(canBeWritten(next), "only root can choose the number of the next process");
        Process first = new ProcessBuilder("true").start();
        ProcessHandle ended = first.toHandle();
        first.waitFor();
        Bearer bearer = new Bearer(true);
        bearer.started(ended);
        assertThat(bearer.mayBe(ended.pid())).isFalse();
        // Start times are counted in hundredths of a second, and other threads of the machine take numbers, too.
        Instant started = Instant.now();
        Eventually.eventually("another hundredth", () -> Instant.now().isAfter(started.plusMillis(20)));
        ProcessHandle second = ended;
        for (int i = 0; i < 50 && !(second.isAlive() && second.pid() == ended.pid()); i++) {
            Files.writeString(next, "" + (ended.pid() - 1));
            second = run("sleep", "60");
        }
        assumeTrue(second.pid() == ended.pid(), "the kernel did not use the number again within 50 processes");
        assertThat(second.isAlive()).isTrue();
        assertThat(bearer.mayBe(second.pid())).isFalse();
    }

    /** The mode of the file lets everybody, the kernel does not. */
    private static boolean canBeWritten(Path file) {
        try {
            Files.writeString(file, Files.readString(file).strip());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void helloThatIsFasterThanTheMasterWaitsUntilItKnowsItsChild() throws Exception {
        FakeWorker worker = FakeWorker.silent(door.expectChild(1));
        worker.say(worker.hello(), worker.ask(ListenTest.loopback(0), 0), new Ready());
        // Somebody else comes and goes meanwhile, so that it has had its time.
        door.worker(2).close();
        assertThat(door.event()).isEqualTo("disconnected 2");
        assertThat(worker.frames).isEmpty();
        door.started(1, ProcessHandle.current());
        worker.next(Welcome.class);
        worker.next(Listening.class);
        assertThat(List.of(door.event(), door.event())).containsExactly("online 1", "ready 1");
        worker.close();
    }

    @Test
    void helloOfAChildThatNeverWasIsRefused() throws Exception {
        FakeWorker worker = FakeWorker.silent(door.expectChild(1));
        worker.say(worker.hello());
        door.worker(2).close();
        door.exited(1);
        worker.awaitClosed();
    }

    @Test
    void thiefOfATokenIsSentAwayAndItsOwnerIsNot() throws Exception {
        WorkerEnvironment role = door.expectChild(1);
        ProcessHandle victim = run("sleep", "60");
        door.started(1, victim);
        FakeWorker thief = FakeWorker.silent(role);
        thief.say(thief.hello());
        thief.awaitClosed();
        log.awaitWarning("it says it is worker 1 with that worker's token (limit: process " + victim.pid()
                + ", which the master has started, and those below it): closed its connection");
        assertThat(door.events).isEmpty();
        // The token is as good as before.
        door.started(1, ProcessHandle.current());
        FakeWorker.online(role).close();
    }

    @Test
    void laneIsOfTheProcessThatSaidHello() throws Exception {
        FakeWorker worker = door.worker(1);
        Listening listening = worker.listen(ListenTest.loopback(0));
        // The same lane hello, from another process.
        run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LaneThiefMain.class.getName(),
                worker.role().socket().toString(),
                worker.role().token().hex(),
                "" + listening.listener());
        log.awaitWarning("it opens a lane of worker 1 with that worker's token (limit: the process that said hello)");
        assertThat(Path.of(listening.page())).exists();
        worker.lane(listening).close();
        worker.close();
    }
}
