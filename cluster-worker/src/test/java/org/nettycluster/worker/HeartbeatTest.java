package org.nettycluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.Heartbeats;

@Timeout(60)
final class HeartbeatTest {
    private static final Duration LIMIT = Duration.ofMillis(1200);
    private static final int LANE_LOOP = 1;
    private static final int CHILD_LOOP = 2;

    private WorkerFixture fixture;
    private Heartbeats heartbeats;
    private FakeLane lane;

    @BeforeEach
    void start() throws Exception {
        fixture = new WorkerFixture();
        fixture.bind();
        lane = fixture.master.lane();
        heartbeats = lane.page.heartbeats();
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    @Test
    void theWatcherBeatsAndIdleLoopsAnswer() throws Exception {
        adopt();
        for (int i = 0; i < 3; i++) {
            long before = System.nanoTime();
            Eventually.eventually(
                    "another beat",
                    () -> heartbeats.stalledSince(Heartbeats.WATCHER).orElse(before) > before);
            assertThat(heartbeats.stalled(System.nanoTime(), LIMIT)).isEmpty();
        }
        Eventually.eventually(
                "the loops have answered",
                () -> heartbeats.stalledSince(LANE_LOOP).isEmpty()
                        && heartbeats.stalledSince(CHILD_LOOP).isEmpty());
    }

    @Test
    void aBlockedLoopIsNamedUntilItMovesAgain() throws Exception {
        adopt();
        CountDownLatch release = new CountDownLatch(1);
        fixture.children.execute(() -> await(release));
        Eventually.eventually(
                "the loop of the children stands",
                () -> heartbeats.stalled(System.nanoTime(), LIMIT).orElse(-1) == CHILD_LOOP);
        long since = heartbeats.stalledSince(CHILD_LOOP).orElseThrow();
        release.countDown();
        Eventually.eventually(
                "it moves again", () -> heartbeats.stalledSince(CHILD_LOOP).orElse(since + 1) != since);
        Eventually.eventually(
                "all is well",
                () -> heartbeats.stalled(System.nanoTime(), LIMIT).isEmpty());
    }

    @Test
    void aBlockedLoopOfTheLaneIsNamed() {
        CountDownLatch release = new CountDownLatch(1);
        Eventually.eventually(
                "it is watched",
                () -> heartbeats.stalledSince(Heartbeats.WATCHER).isPresent());
        fixture.boss.execute(() -> await(release));
        Eventually.eventually(
                "the lane's loop stands",
                () -> heartbeats.stalled(System.nanoTime(), LIMIT).orElse(-1) == LANE_LOOP);
        release.countDown();
    }

    @Test
    void aBlockedWatcherLooksAsIfTheWholeJvmStood() {
        CountDownLatch release = new CountDownLatch(1);
        fixture.worker.onDrain(() -> {
            await(release);
            return java.util.concurrent.CompletableFuture.completedFuture(null);
        });
        Eventually.eventually(
                "it is watched",
                () -> heartbeats.stalledSince(Heartbeats.WATCHER).isPresent());
        fixture.master.say(new org.nettycluster.protocol.Drain(60_000));
        Eventually.eventually(
                "the watcher is silent",
                () -> heartbeats.stalled(System.nanoTime(), LIMIT).orElse(-1) == Heartbeats.WATCHER);
        release.countDown();
    }

    private void adopt() throws IOException {
        try (WorkerFixture.Client client = fixture.client()) {
            long sequence = lane.offer(fixture.master.accept());
            lane.await(sequence, ClaimState.CLAIMED);
            lane.settle(sequence);
            client.say("bye");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
