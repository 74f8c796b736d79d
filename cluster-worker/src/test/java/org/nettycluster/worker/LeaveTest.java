package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.Drain;
import org.nettycluster.protocol.Drained;
import org.nettycluster.protocol.Leave;
import org.nettycluster.protocol.Unrecognised;

@Timeout(60)
final class LeaveTest {
    private WorkerFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new WorkerFixture();
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    @Test
    void itsMasterDrainsItAndIsNotAskedAgain() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        var draining = fixture.worker.disconnect().toCompletableFuture();
        fixture.master.next(Leave.class);
        assertThat(draining)
                .as("before the master has taken back what is unclaimed")
                .isNotDone();
        fixture.master.say(new Drain(60_000));
        fixture.master.next(Drained.class);
        draining.get(10, TimeUnit.SECONDS);
        WorkerFixture.await(server);
        fixture.worker.disconnect();
        fixture.worker.close();
        Eventually.eventually("it has left", () -> !fixture.worker.isConnected());
        assertThat(fixture.master.frames).noneMatch(Leave.class::isInstance);
    }

    @Test
    void aMasterThatDoesNotKnowTheWordSeesItDrainAllTheSame() throws Exception {
        ClusterServerSocketChannel server = fixture.bind();
        fixture.worker.disconnect();
        fixture.master.next(Leave.class);
        fixture.master.say(new Unrecognised(Leave.TYPE));
        fixture.master.next(Drained.class);
        WorkerFixture.await(server);
    }

    @Test
    void anotherUnknownWordMeansNothing() throws Exception {
        fixture.bind();
        fixture.master.say(new Unrecognised(8));
        fixture.master.say(new Drain(60_000));
        fixture.master.next(Drained.class);
    }

    @Test
    void connectedIsWhoseMasterIsThere() {
        assertThat(fixture.worker.isConnected()).isTrue();
        fixture.master.die();
        Eventually.eventually("it is noticed", () -> !fixture.worker.isConnected());
    }
}
