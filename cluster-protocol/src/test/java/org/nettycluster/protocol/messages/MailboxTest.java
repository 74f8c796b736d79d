package org.nettycluster.protocol.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.Answer;
import org.nettycluster.protocol.Credit;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.Message;
import org.nettycluster.protocol.Part;
import org.nettycluster.protocol.Request;
import org.nettycluster.protocol.RequestFailed;
import org.nettycluster.protocol.Unrecognised;
import org.nettycluster.protocol.messages.MessageException.Reason;

@Timeout(30)
class MailboxTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int MEBIBYTE = 1024 * 1024;

    private final EventLoopGroup loops = loops();
    private final Side here = new Side("the other side", loops.next());
    private final Side there = new Side("the first side", loops.next());
    private final List<Channel> channels = new ArrayList<>();

    @SuppressWarnings("deprecation") // The one that both lines of Netty have.
    private static EventLoopGroup loops() {
        return new DefaultEventLoopGroup(2);
    }

    @AfterEach
    void close() {
        channels.forEach(each -> each.close().syncUninterruptibly());
        here.close();
        there.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Both mailboxes, over frames and back. */
    private void connect() throws Exception {
        connect(false);
    }

    /** The other side is one that sends what the test says and keeps the frames that it gets. */
    private Channel connectToStranger() throws Exception {
        return connect(true);
    }

    private Channel connect(boolean stranger) throws Exception {
        LocalAddress address = new LocalAddress("mailbox-" + System.identityHashCode(this));
        Channel server = new ServerBootstrap()
                .group(there.loop, there.loop)
                .channel(LocalServerChannel.class)
                .childHandler(there.pipeline(stranger))
                .bind(address)
                .sync()
                .channel();
        Channel client = new Bootstrap()
                .group(here.loop)
                .channel(LocalChannel.class)
                .handler(here.pipeline(false))
                .connect(address)
                .sync()
                .channel();
        channels.addAll(List.of(client, server));
        Side.run(there.loop, () -> {});
        return client;
    }

    private static ClusterMessage bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return ClusterMessage.of("bytes", bytes);
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static MessageException failure(CompletionStage<?> stage) throws Exception {
        try {
            get(stage);
        } catch (ExecutionException e) {
            return (MessageException) e.getCause();
        }
        throw new AssertionError("it succeeded");
    }

    private static ClusterMessage next(Side side) throws InterruptedException {
        ClusterMessage next = side.heard.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no message within 20 s");
        }
        return next;
    }

    private static void awaitFrames(Side side, int count) throws InterruptedException {
        long end = System.nanoTime() + LONG.toNanos();
        while (side.frames.size() < count) {
            assertThat(System.nanoTime())
                    .as("%d frames, now %s", count, side.frames)
                    .isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static Thread thread() {
        return Thread.currentThread();
    }

    @Test
    void messagesArriveInTheOrderInWhichTheyWereSentWhateverTheirLength() throws Exception {
        connect();
        List<ClusterMessage> sent = IntStream.range(0, 300)
                .mapToObj(i -> bytes(i % 50 == 7 ? 130_000 : i))
                .toList();
        for (ClusterMessage each : sent) {
            while (!here.box.isWritable()) {
                Thread.onSpinWait();
            }
            get(here.box.send(each));
        }
        for (ClusterMessage each : sent) {
            assertThat(next(there)).isEqualTo(each);
        }
    }

    @Test
    void theLongestMessageArrivesAndALongerOneIsRefusedByName() throws Exception {
        connect();
        ClusterMessage longest = bytes(MEBIBYTE);
        get(here.box.send(longest));
        assertThat(next(there)).isEqualTo(longest);
        assertThat(get(here.box.request(longest, LONG))).isEqualTo(longest);

        MessageException tooLong = failure(here.box.send("bytes", new byte[MEBIBYTE + 1]));
        assertThat(tooLong.reason()).isEqualTo(Reason.TOO_LONG);
        assertThat(tooLong).hasMessageContaining("1048577 bytes, at most 1048576");
        assertThat(failure(here.box.request("x".repeat(256), new byte[0], LONG)))
                .hasMessageContaining("256 bytes of UTF-8, at most 255");
    }

    @Test
    void whatIsSentBeforeTheConnectionWaitsForIt() throws Exception {
        CompletionStage<Void> sent = here.box.send(bytes(1));
        CompletionStage<ClusterMessage> answer = here.box.request(bytes(2), LONG);
        assertThat(sent.toCompletableFuture()).isNotDone();
        connect();
        get(sent);
        assertThat(get(answer)).isEqualTo(bytes(2));
        assertThat(next(there)).isEqualTo(bytes(1));
    }

    @Test
    void whatComesBeforeAHandlerIsKeptAndTheOtherKindPasses() throws Exception {
        there.handler = null;
        connect();
        get(here.box.send(bytes(1)));
        get(here.box.send(bytes(2)));
        // Behind them on the same connection, and answered.
        assertThat(get(here.box.request(bytes(3), LONG))).isEqualTo(bytes(3));
        assertThat(there.heard).isEmpty();
        there.handler = there.heard::add;
        there.box.handlersChanged();
        assertThat(next(there)).isEqualTo(bytes(1));
        assertThat(next(there)).isEqualTo(bytes(2));

        there.answerer = null;
        CompletionStage<ClusterMessage> answer = here.box.request(bytes(4), LONG);
        get(here.box.send(bytes(5)));
        assertThat(next(there)).isEqualTo(bytes(5));
        assertThat(answer.toCompletableFuture()).isNotDone();
        there.answerer = CompletableFuture::completedStage;
        there.box.handlersChanged();
        assertThat(get(answer)).isEqualTo(bytes(4));
    }

    @Test
    void aSlowHandlerFillsNoHeapAndTheSenderIsTold() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        there.handler = message -> {
            await(slow);
            there.heard.add(message);
        };
        connect();
        int size = 10_000;
        List<CompletionStage<Void>> sent = new ArrayList<>();
        CompletionStage<Void> last = here.box.send(bytes(size));
        // What is queued here goes on until the room over there is taken, too.
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() < end
                && !(last.toCompletableFuture().isCompletedExceptionally()
                        && sent.size() * size > 2 * MEBIBYTE - 3 * size)) {
            if (last.toCompletableFuture().isCompletedExceptionally()) {
                Thread.onSpinWait();
            } else {
                sent.add(last);
            }
            last = here.box.send(bytes(size));
        }

        assertThat(failure(last).reason()).isEqualTo(Reason.QUEUE_FULL);
        assertThat(failure(last)).hasMessageContaining("limit 1048576");
        assertThat(here.box.isWritable()).isFalse();
        // What lies there, and what waits here.
        assertThat(sent.size() * size).isLessThanOrEqualTo(2 * MEBIBYTE);
        // A full queue of messages is in nobody's way.
        there.box.send(bytes(3));
        assertThat(next(here)).isEqualTo(bytes(3));

        slow.countDown();
        for (CompletionStage<Void> each : sent) {
            get(each);
            assertThat(next(there).size()).isEqualTo(size);
        }
        get(here.box.send(bytes(size)));
        assertThat(next(there).size()).isEqualTo(size);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void callbacksRunOnThreadsOfTheirOwn() throws Exception {
        List<String> names = new ArrayList<>();
        there.handler = message -> {
            names.add(thread().getName());
            there.heard.add(message);
        };
        connect();
        CountDownLatch told = new CountDownLatch(1);
        here.box.send(bytes(1)).whenComplete((nothing, failure) -> told.countDown());
        await(told);
        next(there);
        assertThat(names).containsExactly("ncluster-messages");
        // A handler may wait for an answer.
        there.answerer = request -> CompletableFuture.completedStage(
                there.box.request(request, LONG).toCompletableFuture().join());
        here.answerer = request -> CompletableFuture.completedStage(ClusterMessage.text("deep"));
        assertThat(get(here.box.request(bytes(1), LONG)).text()).isEqualTo("deep");
    }

    @Test
    void aHandlerThatThrowsEndsNothing() throws Exception {
        there.handler = message -> {
            there.heard.add(message);
            throw new IllegalStateException("on purpose");
        };
        connect();
        get(here.box.send(bytes(1)));
        get(here.box.send(bytes(2)));
        assertThat(next(there)).isEqualTo(bytes(1));
        assertThat(next(there)).isEqualTo(bytes(2));

        there.answerer = request -> {
            throw new IllegalStateException("no such key");
        };
        MessageException thrown = failure(here.box.request(bytes(1), LONG));
        assertThat(thrown.reason()).isEqualTo(Reason.REFUSED);
        assertThat(thrown).hasMessageContaining("no such key");
        there.answerer = request -> CompletableFuture.failedStage(new CompletionException(new Error("later")));
        assertThat(failure(here.box.request(bytes(1), LONG))).hasMessageContaining("java.lang.Error: later");
        there.answerer = request -> null;
        assertThat(failure(here.box.request(bytes(1), LONG))).hasMessageContaining("answered null");
        there.answerer = CompletableFuture::completedStage;
        assertThat(get(here.box.request(bytes(1), LONG))).isEqualTo(bytes(1));
    }

    @Test
    void aRequestWithoutAnAnswerFailsInTimeAndItsLateAnswerIsNobodys() throws Exception {
        CompletableFuture<ClusterMessage> late = new CompletableFuture<>();
        there.answerer = request -> late;
        connect();
        MessageException timeout = failure(here.box.request(bytes(1), Duration.ofMillis(5)));
        assertThat(timeout.reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(timeout).hasMessageContaining("the other side has not answered within 5 ms");
        late.complete(bytes(2));
        there.answerer = CompletableFuture::completedStage;
        assertThat(get(here.box.request(bytes(3), LONG))).isEqualTo(bytes(3));
        assertThatIllegalArgumentException().isThrownBy(() -> here.box.request(bytes(1), Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> here.box.request("x", new byte[0], Duration.ofDays(2)));
    }

    @Test
    void aHandlerThatNeverAnswersKeepsNoRoom() throws Exception {
        there.answerer = request -> new CompletableFuture<>();
        connect();
        // More than there is room for at once: each gives it back when nobody waits any more.
        int timeouts = 0;
        while (timeouts < 4) {
            // Refused where their clock ends a moment after ours.
            Reason reason = failure(here.box.request(bytes(MEBIBYTE / 2 + 1), Duration.ofMillis(10)))
                    .reason();
            assertThat(reason).isIn(Reason.TIMEOUT, Reason.REFUSED);
            timeouts += reason == Reason.TIMEOUT ? 1 : 0;
        }
        there.answerer = CompletableFuture::completedStage;
        Duration patience = LONG;
        long end = System.nanoTime() + patience.toNanos();
        boolean answered = false;
        while (!answered) {
            answered = here.box
                    .request(bytes(MEBIBYTE), patience)
                    .handle((answer, failure) -> failure == null)
                    .toCompletableFuture()
                    .get();
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }

    @Test
    void everythingIsAnsweredWhenTheOtherSideGoes() throws Exception {
        there.answerer = request -> new CompletableFuture<>();
        there.handler = null;
        connect();
        List<CompletionStage<?>> open = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            open.add(here.box.request(bytes(i), LONG));
            // After the first two they find no credit and wait here.
            open.add(here.box.send(bytes(500_000)));
        }
        channels.get(0).close().sync();
        List<Reason> reasons = new ArrayList<>();
        for (CompletionStage<?> each : open) {
            reasons.add(each.handle((ok, failure) -> failure == null ? null : ((MessageException) failure).reason())
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS));
        }
        assertThat(reasons).filteredOn(reason -> reason == Reason.GONE).hasSizeGreaterThanOrEqualTo(50);
        assertThat(failure(here.box.send(bytes(1))).reason()).isEqualTo(Reason.NOT_CONNECTED);
        assertThat(failure(here.box.request(bytes(1), LONG)))
                .hasMessage("the other side is not connected: its connection has ended");
        assertThat(here.box.isWritable()).isFalse();
    }

    @Test
    void floodsFromBothSidesWithRequestsInBetweenPassEachOther() throws Exception {
        connect();
        int count = 3_000;
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> flood(here, count));
        CompletableFuture<Void> second = CompletableFuture.runAsync(() -> flood(there, count));
        for (int i = 0; i < count; i++) {
            assertThat(next(there).size()).isEqualTo(i);
            assertThat(next(here).size()).isEqualTo(i);
        }
        get(first);
        get(second);
    }

    /** Each message again and again until there is room for it. */
    private static void flood(Side side, int count) {
        List<CompletionStage<ClusterMessage>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ClusterMessage message = ClusterMessage.of("flood", new byte[i]);
            while (side.box.send(message).toCompletableFuture().isCompletedExceptionally()) {
                Thread.onSpinWait();
            }
            if (i % 100 == 0) {
                answers.add(side.box.request(ClusterMessage.text("" + i), LONG));
            }
        }
        answers.forEach(each -> each.toCompletableFuture().join());
    }

    @Test
    void framesOfOneMessageAreDrawnAsInTheProtocol() throws Exception {
        connectToStranger();
        byte[] body = bytes(2 * Message.MAX_BODY + 5).bytes();
        here.box.send("b", body);
        here.box.request("r", new byte[] {1}, Duration.ofSeconds(10));
        awaitFrames(there, 4);
        Request request = (Request) there.frames.get(3);
        assertThat(there.frames)
                .containsExactly(
                        new Part(Arrays.copyOf(body, Message.MAX_BODY)),
                        new Part(Arrays.copyOfRange(body, Message.MAX_BODY, 2 * Message.MAX_BODY)),
                        new Message("b", Arrays.copyOfRange(body, 2 * Message.MAX_BODY, body.length)),
                        new Request(request.correlation(), request.patienceMillis(), "r", new byte[] {1}));
        assertThat(request.patienceMillis()).isBetween(1L, 10_000L);
    }

    /** As if they came from the other side. */
    private void hear(Frame... frames) {
        Side.run(here.loop, () -> {
            for (Frame frame : frames) {
                here.box.received((org.nettycluster.protocol.MessageFrame) frame);
            }
        });
    }

    @Test
    void forgedFramesAreHarmless() throws Exception {
        connectToStranger();
        hear(
                new Answer(4711, "x", new byte[1]),
                new RequestFailed(4711, "x"),
                new Credit(Integer.MAX_VALUE),
                new Part(new byte[100]),
                new Answer(4711, "x", new byte[1]),
                new Message("after", new byte[] {7}));
        assertThat(next(here)).isEqualTo(ClusterMessage.of("after", new byte[] {7}));
        // Credit for nothing gives nothing: one message of the greatest length, and no second one.
        here.box.send(bytes(MEBIBYTE));
        here.box.send(bytes(1));
        // 17 pieces and the last one, and our credit for what we have heard.
        awaitFrames(there, 19);
        CompletionStage<ClusterMessage> asked = here.box.request(bytes(1), LONG);
        awaitFrames(there, 20);
        assertThat(there.frames)
                .filteredOn(frame -> !(frame instanceof Part))
                .hasSize(3)
                .hasOnlyElementsOfTypes(Credit.class, Message.class, Request.class)
                .last()
                .isInstanceOf(Request.class);
        Side.run(here.loop, () -> here.box.unrecognised(Request.TYPE));
        assertThat(failure(asked)).hasMessageContaining("its library is older than requests");
        Side.run(here.loop, () -> here.box.unrecognised(new Unrecognised(200).type()));
    }

    @Test
    void aPeerWithoutMannersIsRefusedAndNotKept() throws Exception {
        here.handler = null;
        here.answerer = null;
        connectToStranger();
        byte[] body = new byte[Message.MAX_BODY];
        for (int i = 0; i < 100; i++) {
            hear(new Message("flood", body), new Request(i, 60_000, "flood", body), new Part(body));
        }
        // The first piece was 6 MiB long by then: nothing of such a message is left, and the next one is whole again.
        hear(new Message("end", body));
        int fits = MEBIBYTE / body.length;
        awaitFrames(there, 1);
        long refused =
                there.frames.stream().filter(RequestFailed.class::isInstance).count();
        assertThat(refused).isPositive();
        here.handler = here.heard::add;
        here.box.handlersChanged();
        here.answerer = CompletableFuture::completedStage;
        here.box.handlersChanged();
        next(here);
        hear(new Message("again", new byte[0]));
        while (!next(here).contentType().equals("again")) {
            assertThat(here.heard.size()).isLessThanOrEqualTo(fits);
        }
    }
}
