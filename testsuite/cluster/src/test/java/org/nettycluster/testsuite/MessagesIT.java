package org.nettycluster.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.master.supervise.WorkerCommand;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.MessageException;
import org.nettycluster.protocol.messages.MessageException.Reason;

/** This JVM as a master, and two workers that talk with it, as processes with small heaps. */
@Timeout(120)
class MessagesIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Map<WorkerProcess, AtomicInteger> floods = new ConcurrentHashMap<>();
    private final AtomicInteger outOfOrder = new AtomicInteger();
    private final CountDownLatch flooded = new CountDownLatch(2);
    private final ClusterMaster master = ClusterMaster.builder()
            .name("messages-" + ProcessHandle.current().pid())
            .start();
    private final List<WorkerProcess> workers = new ArrayList<>();

    MessagesIT() throws IOException {}

    @BeforeEach
    void start() throws InterruptedException {
        // Before there is a handler: what the first worker says is kept.
        List<String> command = Programs.HTTP.main(TalkingMain.class.getName(), List.of());
        command.add(command.indexOf("-cp"), "-Xmx64m");
        for (int i = 0; i < 2; i++) {
            workers.add(master.fork(WorkerCommand.of(command)));
        }
        master.onMessage(this::hear);
        assertThat(List.of(heard.take(), heard.take())).containsExactlyInAnyOrder("1 says hello", "2 says hello");
    }

    private void hear(WorkerProcess worker, ClusterMessage message) {
        if (!message.contentType().equals("flood")) {
            heard.add(worker.id() + " says " + message.text());
            return;
        }
        int number =
                floods.computeIfAbsent(worker, first -> new AtomicInteger()).getAndIncrement();
        if (TalkingMain.number(message) != number) {
            outOfOrder.incrementAndGet();
        }
        if (number == TalkingMain.FLOOD - 1) {
            flooded.countDown();
        }
    }

    @AfterEach
    void stop() {
        master.close();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void bothDirectionsBroadcastAndRequestsWork() throws Exception {
        for (CompletionStage<Void> sent :
                master.broadcast(ClusterMessage.text("to all")).values()) {
            get(sent);
        }
        assertThat(List.of(heard.take(), heard.take())).containsExactlyInAnyOrder("1 says to all", "2 says to all");

        byte[] longest = new byte[ClusterMessage.MAX_BYTES];
        new Random(1).nextBytes(longest);
        WorkerProcess worker = workers.get(0);
        assertThat(get(worker.request("echo", longest, LONG)).bytes()).isEqualTo(longest);

        master.onRequest((from, request) ->
                CompletableFuture.completedStage(ClusterMessage.text(from.id() + " asks " + request.text())));
        assertThat(get(workers.get(1).request("ask", new byte[] {'x'}, LONG)).text())
                .isEqualTo("2 asks x");
        assertThat(reason(worker.request("nonsense", new byte[0], LONG))).isEqualTo(Reason.REFUSED);
    }

    private static Reason reason(CompletionStage<?> stage) throws Exception {
        try {
            get(stage);
        } catch (ExecutionException e) {
            return ((MessageException) e.getCause()).reason();
        }
        throw new AssertionError("it succeeded");
    }

    @Test
    void aKilledWorkerOwesNobodyAnAnswer() throws Exception {
        WorkerProcess victim = workers.get(0);
        List<CompletionStage<ClusterMessage>> open = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            open.add(victim.request("never", new byte[i], LONG));
        }
        get(victim.request("echo", new byte[0], LONG));
        Proc.kill(victim.pid());
        for (CompletionStage<ClusterMessage> each : open) {
            assertThat(reason(each)).isEqualTo(Reason.GONE);
        }
        get(victim.exit());
        assertThat(reason(victim.send("late", new byte[0]))).isEqualTo(Reason.NOT_CONNECTED);
        assertThat(get(workers.get(1).request("echo", new byte[] {7}, LONG)).bytes())
                .containsExactly(7);
    }

    /** 94 MiB each way for each of the two, whose heaps have 64: nothing of it is kept anywhere. */
    @Test
    void floodsFromBothSidesPassEachOtherInOrderAndWithinBounds() throws Exception {
        master.broadcast("start", new byte[0]);
        List<CompletableFuture<Void>> senders = new ArrayList<>();
        for (WorkerProcess worker : workers) {
            senders.add(CompletableFuture.runAsync(() -> flood(worker), task -> new Thread(task, "flood").start()));
        }
        for (CompletableFuture<Void> each : senders) {
            get(each);
        }
        for (WorkerProcess worker : workers) {
            // The socket has taken all that was sent before, so that the request cannot pass any of it.
            get(worker.send("end", new byte[0]));
            assertThat(get(worker.request("count", new byte[0], LONG)).text())
                    .isEqualTo(TalkingMain.FLOOD + " heard, 0 out of order");
        }
        assertThat(flooded.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(outOfOrder).hasValue(0);
    }

    private static void flood(WorkerProcess worker) {
        for (int i = 0; i < TalkingMain.FLOOD; i++) {
            ClusterMessage message = TalkingMain.numbered(i);
            while (worker.send(message).toCompletableFuture().isCompletedExceptionally()) {
                LockSupport.parkNanos(100_000);
            }
        }
    }
}
