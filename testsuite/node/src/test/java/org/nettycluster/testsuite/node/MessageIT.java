package org.nettycluster.testsuite.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.nettycluster.master.WorkerProcess;
import org.nettycluster.protocol.messages.ClusterMessage;
import org.nettycluster.protocol.messages.MessageException;
import org.nettycluster.worker.ClusterWorker;

/** Section 5: what the two programs say to each other. */
class MessageIT {
    private static final Duration LONG = Duration.ofSeconds(20);

    @Upstream("test-cluster-message")
    void messagesGoBothWaysAndTheClusterHearsThemBeforeTheWorker() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            History heard = new History();
            cluster.master.onMessage((worker, message) -> heard.add("cluster " + worker.id() + " " + message.text()));
            Program program = cluster.program();
            WorkerProcess seen = cluster.seen(program);
            seen.onMessage(message -> heard.add("worker " + message.text()));
            program.worker.onMessage(message -> program.worker.send(ClusterMessage.text("back: " + message.text())));
            int port = Program.port(program.listen(0));

            program.worker.send(ClusterMessage.text("hello"));
            heard.await("worker hello");
            Cluster.get(seen.send(ClusterMessage.text("and you")));
            heard.await("worker back: and you");

            assertThat(heard.lines())
                    .containsExactly(
                            "cluster 1 hello", "worker hello", "cluster 1 back: and you", "worker back: and you");
            assertThat(Client.askOnce(port)).isEqualTo(1);
        }
    }

    @Upstream("test-cluster-invalid-message")
    void aMessageThatLooksLikeOneOfTheLibrarysIsOnlyAMessage() {
        try (Cluster cluster = Cluster.start()) {
            History heard = new History();
            Program program = cluster.program();
            program.worker.onMessage(message -> heard.add(message.contentType() + " " + message.text()));

            Cluster.get(cluster.seen(program).send("NODE_CLUSTER", "{\"ack\":-1}".getBytes(StandardCharsets.UTF_8)));

            assertThat(heard.await("NODE_CLUSTER")).isEqualTo("NODE_CLUSTER {\"ack\":-1}");
            assertThat(program.worker.isConnected()).isTrue();
        }
    }

    @Upstream("test-cluster-worker-init")
    void whatIsSaidAtOnlineReachesTheWorker() {
        try (Cluster cluster = Cluster.start()) {
            cluster.master.onOnline(worker -> worker.send(ClusterMessage.text("welcome")));
            Program program = cluster.program();
            History heard = new History();
            program.worker.onMessage(message -> heard.add(message.text()));
            heard.await("welcome");

            Cluster.get(program.worker.disconnect());
            cluster.events.await("disconnect 1");
        }
    }

    @Upstream("test-cluster-worker-events")
    void whatIsSaidBeforeTheWorkerIsThereWaitsForItAndForEachOfItsHandlers() {
        try (Cluster cluster = Cluster.start()) {
            var environment = cluster.master.admit();
            WorkerProcess seen = cluster.master.workers().get(0);
            CompletionStage<Void> early = seen.send(ClusterMessage.text("early"));
            assertThat(early.toCompletableFuture()).isNotDone();
            assertThat(seen.isWritable()).isTrue();

            History heard = new History();
            try (ClusterWorker worker = ClusterWorker.connect(environment)) {
                worker.onMessage(message -> heard.add("one " + message.text()));
                heard.await("one early");
                worker.onMessage(message -> heard.add("two " + message.text()));
                Cluster.get(seen.send(ClusterMessage.text("late")));
                heard.await("two late");
            }
            Cluster.get(early);
            assertThat(heard.lines()).containsExactly("one early", "one late", "two late");
        }
    }

    @Upstream("test-cluster-advanced-serialization")
    void bytesCarryWhateverFormTheProgramChooses() throws Exception {
        List<Object> cyclic = new ArrayList<>();
        cyclic.add(cyclic);
        try (Cluster cluster = Cluster.start()) {
            Program program = cluster.program();
            program.worker.onRequest(CompletableFuture::completedStage);

            ClusterMessage answer =
                    Cluster.get(cluster.seen(program).request("application/x-java-object", written(cyclic), LONG));

            List<?> back = (List<?>) read(answer.bytes());
            assertThat(back.get(0) == back).as("it holds itself").isTrue();
        }
    }

    private static byte[] written(Object object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    private static Object read(byte[] bytes) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return Objects.requireNonNull(in.readObject());
        }
    }

    @Upstream("W10")
    void whoSaidSomethingToAWorkerThatDiesIsTold() throws Exception {
        try (Cluster cluster = Cluster.start()) {
            WorkerProcess worker = cluster.fork("serve");
            cluster.events.await("listening 1");
            List<CompletionStage<ClusterMessage>> open = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                open.add(worker.request("text/plain", new byte[i], LONG));
            }
            worker.kill(true);
            for (CompletionStage<ClusterMessage> each : open) {
                MessageException told = Cluster.get(each.handle((answer, thrown) -> (MessageException) thrown));
                assertThat(told.reason()).isEqualTo(MessageException.Reason.GONE);
            }
            cluster.events.await("exit 1");
            Beside.report("W10", "20 of 20 open requests are told that the worker is gone");
        }
    }
}
