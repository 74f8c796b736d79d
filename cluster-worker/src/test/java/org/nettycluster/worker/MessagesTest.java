package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.Answer;
import org.nettycluster.protocol.Credit;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Drained;
import org.nettycluster.protocol.Message;
import org.nettycluster.protocol.Request;
import org.nettycluster.protocol.RequestFailed;
import org.nettycluster.protocol.Unrecognised;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.MessageException;
import org.nettycluster.protocol.messages.MessageException.Reason;

@Timeout(60)
final class MessagesTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private WorkerFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new WorkerFixture();
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    private static MessageException failure(CompletionStage<?> stage) throws Exception {
        try {
            stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return (MessageException) e.getCause();
        }
        throw new AssertionError("it succeeded");
    }

    private static Message message(String type) {
        return new Message(type, new byte[] {1});
    }

    @Test
    void whatTheMasterSaysIsKeptForTheFirstHandlerAndComesInOrder() throws Exception {
        fixture.master.say(message("one"));
        fixture.master.say(message("two"));
        // Its answer is behind them on the same connection.
        fixture.bind();
        fixture.worker.onMessage(message -> heard.add(
                message.contentType() + " on " + Thread.currentThread().getName()));
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("one on ncluster-messages");
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("two on ncluster-messages");
        assertThat(fixture.master.next(Credit.class).bytes()).isPositive();
    }

    @Test
    void itSpeaksAndAsksAndAnswers() throws Exception {
        fixture.worker.send("hello", new byte[] {5}).toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(fixture.master.next(Message.class)).isEqualTo(new Message("hello", new byte[] {5}));

        CompletionStage<ClusterMessage> answer = fixture.worker.request("q", new byte[] {6}, LONG);
        Request asked = fixture.master.next(Request.class);
        fixture.master.say(new Answer(asked.correlation(), "a", new byte[] {7}));
        assertThat(answer.toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isEqualTo(ClusterMessage.of("a", new byte[] {7}));

        CompletionStage<ClusterMessage> failed = fixture.worker.request("q", new byte[] {6}, LONG);
        fixture.master.say(new RequestFailed(fixture.master.next(Request.class).correlation(), "not today"));
        assertThat(failure(failed)).hasMessageContaining("not today");

        fixture.worker.onRequest(request -> CompletableFuture.completedStage(request));
        assertThatThrownBy(() -> fixture.worker.onRequest(CompletableFuture::completedStage))
                .hasMessageContaining("only one can answer");
        fixture.master.say(new Request(9, 10_000, "echo", new byte[] {8}));
        assertThat(fixture.master.next(Answer.class)).isEqualTo(new Answer(9, "echo", new byte[] {8}));
    }

    @Test
    void aHandlerThatStandsIsInNoDrainsWay() throws Exception {
        CountDownLatch stands = new CountDownLatch(1);
        fixture.worker.onMessage(message -> {
            try {
                stands.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        fixture.bind();
        for (int i = 0; i < 100; i++) {
            fixture.master.say(message("flood"));
        }
        fixture.master.say(new Drain(60_000));
        fixture.master.next(Drained.class);
        stands.countDown();
    }

    @Test
    void everythingIsAnsweredWhenTheMasterDies() throws Exception {
        CompletionStage<ClusterMessage> answer = fixture.worker.request("q", new byte[0], LONG);
        fixture.master.next(Request.class);
        assertThat(fixture.worker.isWritable()).isTrue();
        fixture.master.die();
        assertThat(failure(answer).reason()).isEqualTo(Reason.GONE);
        MessageException after = failure(fixture.worker.send("x", new byte[0]));
        assertThat(after.reason()).isEqualTo(Reason.NOT_CONNECTED);
        assertThat(after).hasMessageContaining("the master is not connected");
        assertThat(fixture.worker.isWritable()).isFalse();
    }

    @Test
    void anOlderMasterIsNoReasonToWait() throws Exception {
        CompletionStage<ClusterMessage> answer = fixture.worker.request("q", new byte[0], LONG);
        fixture.master.next(Request.class);
        fixture.master.say(new Unrecognised(Request.TYPE));
        assertThat(failure(answer).reason()).isEqualTo(Reason.REFUSED);
    }

    @Test
    void aClosedWorkerAnswersItself() throws Exception {
        CompletionStage<ClusterMessage> answer = fixture.worker.request("q", new byte[0], LONG);
        fixture.worker.close();
        assertThat(failure(answer).reason()).isIn(Reason.GONE, Reason.NOT_CONNECTED);
        assertThat(failure(fixture.worker.send("x", new byte[0])).reason()).isEqualTo(Reason.NOT_CONNECTED);
    }
}
