package org.nettycluster.master.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.Eventually;
import org.nettycluster.master.FakeWorker;
import org.nettycluster.master.LogRecorder;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Drained;
import org.nettycluster.protocol.FrameCodec;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Leave;
import org.nettycluster.protocol.Listen;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.Message;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.Token;
import org.nettycluster.protocol.Unlisten;
import org.nettycluster.protocol.Unrecognised;
import org.nettycluster.protocol.Welcome;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.WorkerId;

@Timeout(30)
class ControlServerTest {
    private final LogRecorder log = new LogRecorder();
    private final List<FakeWorker> strangers = new ArrayList<>();
    private Door door = new Door();

    ControlServerTest() throws Exception {}

    @AfterEach
    void close() throws Exception {
        strangers.forEach(FakeWorker::close);
        door.close();
        log.close();
    }

    private FakeWorker silent(WorkerEnvironment role) {
        FakeWorker stranger = FakeWorker.silent(role);
        strangers.add(stranger);
        return stranger;
    }

    private void reopen(int uid, Duration patience, int limit) throws Exception {
        door.close();
        door = new Door(new ControlServer.Admission(uid, patience, limit), "pages");
    }

    private static ByteBuf frame(int type, int... payload) {
        ByteBuf bytes = Unpooled.buffer().writeInt(1 + payload.length).writeByte(type);
        for (int each : payload) {
            bytes.writeByte(each);
        }
        return bytes;
    }

    @Test
    void socketIsOursAlone() throws Exception {
        Path socket = door.expect(1).socket();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(Files.getPosixFilePermissions(socket.getParent()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void wrongTokenIsSentAwayAndNeverLogged() throws Exception {
        FakeWorker worker = silent(door.expect(1));
        Hello forged = worker.forgedHello();
        worker.say(forged);
        worker.awaitClosed();
        assertThat(worker.frames).isEmpty();
        assertThat(door.events).isEmpty();
        log.awaitWarning("says it is worker 1 but does not know that worker's token");
        assertThat(log.warnings())
                .noneMatch(line -> line.contains(forged.token().hex()));
    }

    @Test
    void workerThatNobodyStartedIsSentAway() throws Exception {
        WorkerEnvironment role = door.expect(1);
        FakeWorker worker =
                silent(new WorkerEnvironment(role.socket(), new WorkerId(1, 1), role.token(), role.masterPid()));
        worker.say(worker.hello());
        worker.awaitClosed();
        assertThat(door.events).isEmpty();
    }

    @Test
    void processThatHasEndedIsNotLetIn() throws Exception {
        WorkerEnvironment role = door.expect(1);
        door.exited(1);
        FakeWorker worker = silent(role);
        worker.say(worker.hello());
        worker.awaitClosed();
        assertThat(door.events).isEmpty();
    }

    @Test
    void helloWorksOnceForEachProcess() throws Exception {
        WorkerEnvironment role = door.expect(1);
        FakeWorker first = FakeWorker.online(role);
        FakeWorker second = silent(role);
        second.say(second.hello());
        second.awaitClosed();
        log.awaitWarning("it says hello again as worker 1 (limit: one hello for each token)");
        assertThat(first.isClosed()).isFalse();

        first.close();
        assertThat(List.of(door.event(), door.event())).containsExactly("online 1", "disconnected 1");
        FakeWorker third = silent(role);
        third.say(third.hello());
        third.awaitClosed();
        assertThat(door.events).isEmpty();
    }

    @Test
    void secondHelloOnTheSameConnectionCostsTheConnection() throws Exception {
        FakeWorker worker = door.worker(1);
        worker.say(worker.hello());
        worker.awaitClosed();
        assertThat(door.event()).isEqualTo("disconnected 1");
    }

    @Test
    void workerOfAnotherAgeLearnsItInTheMastersLog() throws Exception {
        WorkerEnvironment role = door.expect(1);
        FakeWorker worker = silent(role);
        worker.say(new Hello(7, 9, role.worker(), role.token(), 1));
        worker.awaitClosed();
        log.awaitWarning("speaks protocol versions 7 to 9");
    }

    @Test
    void framesRightBehindTheHelloAreAnswered() throws Exception {
        FakeWorker worker = silent(door.expect(1));
        worker.say(worker.hello(), worker.ask(ListenTest.loopback(0), 0), new Ready());
        worker.next(Welcome.class);
        worker.next(Listening.class);
        assertThat(List.of(door.event(), door.event())).containsExactly("online 1", "ready 1");
    }

    @Test
    void aWorkerThatWantsToEndIsHeardOnce() throws Exception {
        FakeWorker worker = door.worker(1);
        worker.say(new Leave(), new Leave(), new Ready());
        assertThat(List.of(door.event(), door.event())).containsExactly("leaving 1", "ready 1");
    }

    @Test
    void nothingIsReadBehindWhatWasRefused() throws Exception {
        FakeWorker worker = silent(door.expect(1));
        worker.say(worker.forgedHello(), worker.hello(), worker.ask(ListenTest.loopback(0), 0));
        worker.awaitClosed();
        assertThat(door.listeners()).isEmpty();
        assertThat(door.events).isEmpty();
    }

    @Test
    void firstFrameMustBeAHello() throws Exception {
        FakeWorker worker = silent(door.expect(1));
        worker.say(new Ready());
        worker.awaitClosed();
        log.awaitWarning("its first frame is Ready, not a hello");
    }

    @Test
    void garbageIsSentAway() throws Exception {
        FakeWorker worker = silent(door.expect(1));
        worker.say(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));
        worker.awaitClosed();
        log.awaitWarning("its first frame is malformed");
    }

    @Test
    void strangerCannotAnnounceALongFrame() throws Exception {
        FakeWorker worker = silent(door.expect(1));
        worker.say(Unpooled.buffer().writeInt(FrameCodec.MAX_FIRST_FRAME + 1));
        worker.awaitClosed();
        log.awaitWarning("its first frame is malformed");
    }

    @Test
    void silenceIsNotWaitedForLong() throws Exception {
        reopen(RunDirectory.currentUid(), Duration.ofMillis(50), 64);
        FakeWorker worker = silent(door.expect(1));
        worker.awaitClosed();
        log.awaitWarning("it said no whole frame for 50 ms");
    }

    @Test
    void whoHasSaidHelloMayBeSilent() throws Exception {
        reopen(RunDirectory.currentUid(), Duration.ofMillis(50), 64);
        FakeWorker worker = door.worker(1);
        silent(door.expect(2)).awaitClosed();
        assertThat(worker.isClosed()).isFalse();
        worker.close();
    }

    @Test
    void otherUserIsSentAwayUnheard() throws Exception {
        reopen(RunDirectory.currentUid() + 1, Duration.ofSeconds(10), 64);
        FakeWorker worker = silent(door.expect(1));
        worker.say(worker.hello());
        worker.awaitClosed();
        assertThat(door.events).isEmpty();
        log.awaitWarning("only user " + (RunDirectory.currentUid() + 1) + " may connect");
    }

    @Test
    void strangersAreCountedAndForgotten() throws Exception {
        reopen(RunDirectory.currentUid(), Duration.ofSeconds(10), 3);
        WorkerEnvironment role = door.expect(1);
        for (int i = 0; i < 3; i++) {
            silent(role);
        }
        silent(role).awaitClosed();
        log.awaitWarning("too many connections that have not said who they are");
        assertThat(strangers.subList(0, 3)).noneMatch(FakeWorker::isClosed);

        // One goes, one says who it is: two places.
        strangers.get(0).close();
        strangers.get(1).say(strangers.get(1).hello());
        strangers.get(1).next(Welcome.class);
        FakeWorker fourth = silent(role);
        FakeWorker fifth = silent(role);
        silent(role).awaitClosed();
        assertThat(List.of(fourth.isClosed(), fifth.isClosed())).containsExactly(false, false);
    }

    @Test
    void frameOfALaterVersionIsAnsweredAndSkipped() throws Exception {
        FakeWorker worker = door.worker(1);
        worker.say(frame(200, 1, 2, 3));
        assertThat(worker.next(Unrecognised.class).type()).isEqualTo(200);
        worker.say(new Unrecognised(9), new Ready());
        assertThat(door.event()).isEqualTo("ready 1");
    }

    @Test
    void malformedFrameCostsTheConnectionOnly() throws Exception {
        FakeWorker other = door.worker(2);
        FakeWorker worker = door.worker(1);
        Listening listening = worker.listen(ListenTest.loopback(0));
        worker.say(frame(4, 0, 1));
        worker.awaitClosed();
        assertThat(door.event()).isEqualTo("disconnected 1");
        log.awaitWarning("worker 1 sent a malformed frame");
        assertThat(Path.of(listening.page())).doesNotExist();
        other.say(new Ready());
        assertThat(door.event()).isEqualTo("ready 2");
        other.close();
    }

    @Test
    void frameThatOnlyAMasterSendsCostsTheConnection() throws Exception {
        FakeWorker worker = door.worker(1);
        worker.say(new Drain(5), new Ready());
        worker.awaitClosed();
        log.awaitWarning("worker 1 sent a Drain frame (limit: frames that a worker sends");
        assertThat(door.event()).isEqualTo("disconnected 1");
        assertThat(door.events).isEmpty();
    }

    @Test
    void workerThatDoesNotReadIsNotReadEither() throws Exception {
        FakeWorker worker = door.worker(1);
        worker.reads(false);
        int asked = 3_000;
        ByteBuf questions = Unpooled.buffer(asked * 1005);
        for (int i = 0; i < asked; i++) {
            questions.writeInt(1001).writeByte(200).writeZero(1000);
        }
        worker.say(questions);
        worker.say(new Ready());
        // Without a limit all answers would lie in the master's memory, and the frame behind be read.
        FakeWorker other = door.worker(2);
        for (int i = 0; i < 50; i++) {
            other.say(frame(200));
            other.next(Unrecognised.class);
        }
        assertThat(door.events).isEmpty();
        worker.reads(true);
        assertThat(door.event()).isEqualTo("ready 1");
        Eventually.eventually("all answers", () -> worker.frames.size() == asked);
        worker.close();
        other.close();
    }

    @Test
    void whatIsNotReadYetIsReadWhenTheWorkerIsGone() throws Exception {
        FakeWorker worker = door.worker(1);
        Listening listening = worker.listen(ListenTest.loopback(0));
        worker.reads(false);
        // So many answers that the master reads no more, and so short questions that the rest fits into the socket.
        int asked = 3_600;
        ByteBuf last = Unpooled.buffer();
        for (int i = 0; i < asked; i++) {
            last.writeInt(101).writeByte(200).writeZero(100);
        }
        FrameCodec.write(new Unlisten(listening.listener()), last);
        worker.sayAll(last);
        for (int i = 0; i < 50; i++) {
            // Each time the loop comes here it has read once more, as long as it reads.
            door.onLoop(() -> true);
        }
        worker.close();
        assertThat(door.event()).isEqualTo("disconnected 1");
        assertThat(door.listeners()).isEmpty();
    }

    @Test
    void oddFramesAtOddTimesAreTold() throws Exception {
        FakeWorker worker = door.worker(1);
        worker.say(new Drained(), new Ready(), new Message("text/plain", new byte[0]), new Drained(), new Ready());
        assertThat(List.of(door.event(), door.event(), door.event()))
                .containsExactly("drained 1", "ready 1", "message 1");
        worker.close();
    }

    @Test
    void sayingItAgainAndAgainIsNoNews() throws Exception {
        FakeWorker worker = door.worker(1);
        for (int i = 0; i < 1_000; i++) {
            worker.say(new Ready(), new Drained(7));
        }
        worker.say(new Message("text/plain", new byte[0]));
        assertThat(List.of(door.event(), door.event(), door.event()))
                .containsExactly("ready 1", "drained 1, 7 forced", "message 1");
        worker.close();
    }

    @Test
    void endOfTheProcessClosesItsConnection() throws Exception {
        FakeWorker worker = door.worker(1);
        door.exited(1);
        worker.awaitClosed();
        door.exited(1);
        assertThat(door.drain(1)).isFalse();
        assertThat(door.event()).isEqualTo("disconnected 1");
    }

    @Test
    void whoHasJustEndedIsForgottenWithTheMaster() throws Exception {
        FakeWorker worker = door.worker(1);
        boolean writable = door.onLoop(() -> {
            door.server.exited(new WorkerId(1, 0));
            door.server.close();
            return door.mailbox(1).isWritable();
        });
        assertThat(writable).isFalse();
        worker.awaitClosed();
    }

    @Test
    void whatAProcessSaidLastIsHeardAfterItsEndAndNothingElse() throws Exception {
        FakeWorker worker = door.worker(1);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch said = new CountDownLatch(1);
        CompletableFuture<Void> end = CompletableFuture.runAsync(() -> {
            try {
                // The loop learns of the end before it looks at the socket.
                door.onLoop(() -> {
                    busy.countDown();
                    said.await();
                    door.server.exited(new WorkerId(1, 0));
                    return true;
                });
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        busy.await();
        worker.say(worker.ask(ListenTest.loopback(0), 0), new Message("text/plain", new byte[0]), new Ready());
        worker.close();
        said.countDown();
        end.get(10, TimeUnit.SECONDS);
        assertThat(List.of(door.event(), door.event())).containsExactlyInAnyOrder("message 1", "disconnected 1");
        assertThat(door.listeners()).isEmpty();
        assertThat(door.events).isEmpty();
    }

    @Test
    void drainingWorkerBindsNothing() throws Exception {
        FakeWorker worker = door.worker(1);
        assertThat(door.drain(1)).isTrue();
        worker.next(Drain.class);
        Listen listen = worker.ask(ListenTest.loopback(0), 0);
        assertThat(worker.listenInVain(listen).text()).contains("asked worker 1 to finish");
        assertThat(door.listeners()).isEmpty();
        worker.close();
    }

    @Test
    void sameWorkerIsNotExpectedTwice() throws Exception {
        door.expect(1);
        assertThatThrownBy(() -> door.expect(1)).hasRootCauseMessage("worker 1 is expected already");
    }

    @Test
    void nobodyIsDrainedBeforeTheHello() throws Exception {
        door.expect(1);
        assertThat(door.drain(1)).isFalse();
    }

    @Test
    void tokensDoNotOpenOtherWorkersLanes() throws Exception {
        FakeWorker one = door.worker(1);
        Listening listening = one.listen(ListenTest.loopback(0));
        FakeWorker stranger = silent(door.expect(2));
        stranger.say(new LaneHello(new WorkerId(1, 0), Token.random(), listening.listener(), listening.request()));
        stranger.awaitClosed();
        assertThat(Path.of(listening.page())).exists();
        one.close();
    }
}
