package org.nettycluster.master.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    private final RoundRobin roundRobin = new RoundRobin();

    private int next(Worker... workers) {
        return roundRobin.next(List.of(workers), Arrival.expected(1));
    }

    @Test
    void whoeverHasWaitedLongestIsNext() {
        assertThat(next(new Worker(1).lastTurn(7), new Worker(2).lastTurn(5), new Worker(3).lastTurn(6)))
                .isEqualTo(1);
    }

    @Test
    void aWorkerThatNeverHadATurnIsFirst() {
        assertThat(next(new Worker(1).lastTurn(1), new Worker(2))).isEqualTo(1);
    }

    @Test
    void amongNewWorkersTheOneThatOpenedFirstIsFirst() {
        assertThat(next(new Worker(1), new Worker(2))).isZero();
    }

    @Test
    void aFullWorkerIsWaitedForWhenItIsItsTurn() {
        assertThat(next(new Worker(1).lastTurn(2), new Worker(2).lastTurn(1).full()))
                .isEqualTo(Scheduler.WAIT);
    }

    @Test
    void aFullWorkerDoesNotMatterWhileItIsNotItsTurn() {
        assertThat(next(new Worker(1).lastTurn(1), new Worker(2).lastTurn(2).full()))
                .isZero();
    }

    @Test
    void whoeverWasGivenFewerIsNextWhateverItsLastTurn() {
        assertThat(next(
                        new Worker(1).given(5).lastTurn(1),
                        new Worker(2).given(4).lastTurn(9)))
                .isEqualTo(1);
    }

    @Test
    void loadDoesNotMatter() {
        assertThat(next(new Worker(1).lastTurn(1).connections(1_000), new Worker(2).lastTurn(2)))
                .isZero();
    }

    @Test
    void turnsAreStrict() {
        Worker[] workers = Worker.slots(3);
        int[] served = new int[3];
        for (long turn = 1; turn <= 300; turn++) {
            int chosen = next(workers);
            workers[chosen].lastTurn(turn);
            served[chosen]++;
        }

        assertThat(served).containsExactly(100, 100, 100);
    }
}
