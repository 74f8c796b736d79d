package org.nettycluster.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.Answer;
import org.nettycluster.protocol.Credit;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Frame;
import org.nettycluster.protocol.Message;
import org.nettycluster.protocol.Ready;
import org.nettycluster.protocol.Request;
import org.nettycluster.protocol.RequestFailed;
import org.nettycluster.protocol.WorkerEnvironment;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.MessageException;
import org.nettycluster.protocol.messages.MessageException.Reason;

@Timeout(60)
class MessagesTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final LogRecorder log = new LogRecorder();
    private final Path home = Files.createTempDirectory(Path.of("/tmp"), "nc");
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final List<FakeWorker> fakes = new ArrayList<>();
    private final ClusterMaster master = ClusterMaster.builder()
            .runDirectory(home.resolve("run"))
            .drainTimeout(Duration.ofMillis(500))
            .start();

    MessagesTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        fakes.forEach(FakeWorker::close);
        master.close();
        log.close();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private FakeWorker online(WorkerEnvironment role) throws InterruptedException {
        FakeWorker fake = FakeWorker.online(role);
        fakes.add(fake);
        return fake;
    }

    private WorkerProcess worker(WorkerEnvironment role) {
        return master.workers().stream()
                .filter(each -> each.id().equals(role.worker()))
                .findFirst()
                .orElseThrow();
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

    private List<String> nextHeard(int count) throws InterruptedException {
        List<String> next = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            next.add(String.valueOf(heard.poll(20, TimeUnit.SECONDS)));
        }
        return next;
    }

    private static Message text(String text) {
        return new Message(ClusterMessage.TEXT, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void theClusterHearsAMessageBeforeTheWorkersOwnHandlersAndAllOnTheirThread() throws Exception {
        WorkerEnvironment role = master.admit();
        worker(role).onMessage(message -> heard.add("worker " + message.text()));
        master.onMessage((worker, message) -> heard.add("cluster " + worker.id() + " " + message.text()));
        master.onMessage((worker, message) -> {
            throw new IllegalStateException("on purpose");
        });
        worker(role).onMessage(message -> heard.add(Thread.currentThread().getName()));
        FakeWorker fake = online(role);
        fake.say(text("one"), text("two"));
        assertThat(nextHeard(6))
                .containsExactly(
                        "cluster 1 one",
                        "worker one",
                        "ncluster-messages",
                        "cluster 1 two",
                        "worker two",
                        "ncluster-messages");
        int credit = fake.next(Credit.class).bytes();
        int each = 3 + ClusterMessage.TEXT.length() + 64;
        // One frame or two, as the handlers were fast or slow.
        assertThat(credit == 2 * each || credit + fake.next(Credit.class).bytes() == 2 * each)
                .isTrue();
    }

    @Test
    void nobodyHearsAWorkerSpeakBeforeItIsOnline() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        master.onOnline(worker -> {
            await(slow);
            heard.add("online");
        });
        master.onMessage((worker, message) -> heard.add(message.text()));
        FakeWorker fake = online(master.admit());
        fake.say(text("hello"), new Request(7, 10_000, "", new byte[0]));
        // Our answer is behind what it said: the master has read it.
        fake.say(new Ready());
        slow.countDown();
        assertThat(nextHeard(2)).containsExactly("online", "hello");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatNobodyHandlesYetIsKept() throws Exception {
        // A listener of other events is none of messages.
        master.onListening((worker, address) -> heard.add("listening"));
        FakeWorker fake = online(master.admit());
        fake.say(text("early"), new Request(7, 10_000, "", new byte[] {7}));
        fake.listen(new InetSocketAddress("127.0.0.1", 0));
        assertThat(heard).isEmpty();
        master.onMessage((worker, message) -> heard.add(message.text()));
        assertThat(nextHeard(1)).containsExactly("early");
        fake.next(Credit.class);
        master.onRequest((worker, request) -> CompletableFuture.completedStage(request));
        assertThat(fake.next(Answer.class)).isEqualTo(new Answer(7, "", new byte[] {7}));
        assertThatThrownBy(() -> master.onRequest((worker, request) -> CompletableFuture.completedStage(request)))
                .hasMessageContaining("only one can answer");
    }

    @Test
    void everyWorkerGetsWhatIsBroadcastEvenIfItComesLater() throws Exception {
        FakeWorker first = online(master.admit());
        WorkerEnvironment later = master.admit();
        var sent = master.broadcast(ClusterMessage.text("to all"));
        assertThat(sent.keySet()).extracting(worker -> worker.id().toString()).containsExactly("1", "2");
        assertThat(first.next(Message.class)).isEqualTo(text("to all"));
        assertThat(worker(later).isWritable()).isTrue();
        assertThat(online(later).next(Message.class)).isEqualTo(text("to all"));
        for (CompletionStage<Void> each : sent.values()) {
            get(each);
        }
        assertThat(master.broadcast("x", new byte[ClusterMessage.MAX_BYTES + 1]).values())
                .hasSize(2)
                .allSatisfy(each -> assertThat(failure(each).reason()).isEqualTo(Reason.TOO_LONG));
    }

    @Test
    void requestsAreAnsweredBothWays() throws Exception {
        WorkerEnvironment role = master.admit();
        FakeWorker fake = online(role);
        CompletionStage<ClusterMessage> answer = worker(role).request("q", new byte[] {1}, LONG);
        Request asked = fake.next(Request.class);
        fake.say(new Answer(asked.correlation(), "a", new byte[] {2}));
        assertThat(get(answer)).isEqualTo(ClusterMessage.of("a", new byte[] {2}));

        master.onRequest((worker, request) -> CompletableFuture.failedStage(new IOException("not here")));
        fake.say(new Request(1, 10_000, "q", new byte[0]));
        assertThat(fake.next(RequestFailed.class).text()).contains("not here");
        worker(role).onRequest(request -> CompletableFuture.completedStage(ClusterMessage.text("the worker's own")));
        fake.say(new Request(2, 10_000, "q", new byte[0]));
        assertThat(fake.next(Answer.class))
                .isEqualTo(new Answer(
                        2, ClusterMessage.TEXT, text("the worker's own").body()));
    }

    @Test
    void everyoneIsAnsweredWhenAWorkerGoesOrNeverComes() throws Exception {
        WorkerEnvironment role = master.admit();
        FakeWorker fake = online(role);
        WorkerProcess worker = worker(role);
        CompletionStage<ClusterMessage> answer = worker.request("q", new byte[0], LONG);
        fake.next(Request.class);
        fake.close();
        assertThat(failure(answer))
                .hasMessage("worker 1 is gone: its control connection has ended")
                .extracting(MessageException::reason)
                .isEqualTo(Reason.GONE);
        assertThat(failure(worker.send("x", new byte[0])).reason()).isEqualTo(Reason.NOT_CONNECTED);

        WorkerEnvironment never = master.admit();
        CompletionStage<Void> sent = worker(never).send("x", new byte[0]);
        master.close();
        assertThat(failure(sent).reason()).isEqualTo(Reason.GONE);
    }

    @Test
    void aWorkerThatDoesNotReadIsStillHeardAndItsDrainPassesWhatIsQueued() throws Exception {
        master.listen(new ClusterEvents() {
            @Override
            public void ready(WorkerProcess worker) {
                heard.add("ready");
            }
        });
        WorkerEnvironment role = master.admit();
        FakeWorker fake = online(role);
        fake.reads(false);
        CompletionStage<Void> last;
        int sent = 0;
        do {
            last = worker(role).send("flood", new byte[50_000]);
            sent++;
        } while (!last.toCompletableFuture().isCompletedExceptionally());
        assertThat(failure(last).reason()).isEqualTo(Reason.QUEUE_FULL);
        assertThat(worker(role).isWritable()).isFalse();
        fake.say(new Ready());
        assertThat(nextHeard(1)).containsExactly("ready");

        worker(role).disconnect();
        // The supervisor does one after the other: now the drain has been said.
        master.admit();
        fake.reads(true);
        int before = 0;
        Frame frame = fake.frames.poll(20, TimeUnit.SECONDS);
        while (!(frame instanceof Drain)) {
            assertThat(frame).isInstanceOf(Message.class);
            before++;
            frame = fake.frames.poll(20, TimeUnit.SECONDS);
        }
        // What the kernel holds and one batch: not the megabyte that our credit allows.
        assertThat(before).isLessThan(sent / 2);
    }

    @Test
    void forgedMessagesAreIgnored() throws Exception {
        master.onMessage((worker, message) -> heard.add(message.contentType()));
        FakeWorker fake = online(master.admit());
        fake.say(new Answer(5, "x", new byte[0]), new RequestFailed(6, "x"), new Credit(Integer.MAX_VALUE));
        fake.say(new Message("NODE_CLUSTER", new byte[0]));
        assertThat(nextHeard(1)).containsExactly("NODE_CLUSTER");
        assertThat(fake.isClosed()).isFalse();
    }
}
