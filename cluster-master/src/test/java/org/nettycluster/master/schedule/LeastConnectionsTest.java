package org.nettycluster.master.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeastConnectionsTest {
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    private static int next(Scheduler scheduler, Worker... workers) {
        return scheduler.next(List.of(workers), Arrival.expected(1));
    }

    private static int next(Worker... workers) {
        return next(new LeastConnections(), workers);
    }

    @Test
    void whoeverHasTheFewestIsNextWhateverItWasGiven() {
        assertThat(next(
                        new Worker(1).connections(3),
                        new Worker(2).connections(1).given(100).lastTurn(9),
                        new Worker(3).connections(2)))
                .isEqualTo(1);
    }

    @Test
    void amongEqualsWhoeverHasWaitedLongestIsNext() {
        assertThat(next(
                        new Worker(1).connections(1).lastTurn(9),
                        new Worker(2).connections(1).lastTurn(7),
                        new Worker(3).connections(1).lastTurn(8)))
                .isEqualTo(1);
    }

    @Test
    void whoeverHasTheFewestIsWaitedForWhileItIsFull() {
        assertThat(next(
                        new Worker(1).connections(9),
                        new Worker(2).connections(8).full()))
                .isEqualTo(Scheduler.WAIT);
    }

    @Test
    void aFullWorkerWithMoreIsNotWaitedFor() {
        assertThat(next(
                        new Worker(1).connections(8),
                        new Worker(2).connections(9).full()))
                .isZero();
    }

    @Test
    void connectionsThatStayAreSpreadEvenlyAndThoseThatEndedAreMadeUpFor() {
        LeastConnections least = new LeastConnections();
        Worker[] workers = Worker.slots(4);
        workers[2].connections(10);
        for (int turn = 1; turn <= 54; turn++) {
            Worker chosen = workers[next(least, workers)];
            chosen.connections(chosen.connections + 1).lastTurn(turn);
        }

        assertThat(workers).extracting(Worker::connections).containsOnly(16L);
    }

    @Test
    void aSlowStartHoldsAFreshWorkerToATenthAtFirst() {
        LeastConnections slow = new LeastConnections(WARM_UP);
        Worker warm = new Worker(1).connections(49).age(WARM_UP.toNanos());
        Worker fresh = new Worker(2).age(1);
        int got = 0;
        while (next(slow, warm, fresh) == 1) {
            fresh.connections(++got);
        }

        assertThat(got).isBetween(4, 5);
    }

    @Test
    void itsShareGrowsWithTimeAndIsWholeAtTheEnd() {
        LeastConnections slow = new LeastConnections(WARM_UP);
        Worker warm = new Worker(1).connections(100).age(Long.MAX_VALUE);

        assertThat(next(slow, warm, new Worker(2).connections(49).age(WARM_UP.toNanos() / 2)))
                .isEqualTo(1);
        assertThat(next(slow, warm, new Worker(2).connections(51).age(WARM_UP.toNanos() / 2)))
                .isZero();
        assertThat(next(slow, warm, new Worker(2).connections(99).age(WARM_UP.toNanos())))
                .isEqualTo(1);
    }

    @Test
    void theFirstConnectionOfAFreshWorkerIsNotHeldBackOrItWouldNeverGetWarm() {
        LeastConnections slow = new LeastConnections(WARM_UP);

        assertThat(next(slow, new Worker(1).connections(1).age(Long.MAX_VALUE), new Worker(2)))
                .isEqualTo(1);
    }

    @Test
    void aFreshWorkerGetsItsShareOfConnectionsThatEndAtOnceToo() {
        LeastConnections slow = new LeastConnections(WARM_UP);
        Worker[] workers = Worker.slots(4);
        for (Worker each : workers) {
            each.age(Long.MAX_VALUE);
        }
        workers[3].age(WARM_UP.toNanos() / 5);
        int[] got = new int[4];
        for (int turn = 1; turn <= 320; turn++) {
            int chosen = next(slow, workers);
            got[chosen]++;
            workers[chosen].lastTurn(turn).given += Math.round(720 / slow.weight(workers[chosen]));
        }

        assertThat(got[3])
                .as("a fifth of what others get: %s", Arrays.toString(got))
                .isBetween(19, 21);
        assertThat(got[0]).isBetween(99, 101);
    }

    @Test
    void aFleetThatStartsTogetherHoldsNobodyBack() {
        LeastConnections slow = new LeastConnections(WARM_UP);

        assertThat(next(
                        slow,
                        new Worker(1).age(9).connections(1).given(5),
                        new Worker(2).age(7).given(9)))
                .isEqualTo(1);
    }

    @Test
    void noTimeIsNegative() {
        assertThatThrownBy(() -> new LeastConnections(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("slowStart PT-1S must be >= 0");
    }
}
