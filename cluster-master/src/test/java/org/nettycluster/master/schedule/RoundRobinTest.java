package org.nettycluster.master.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nettycluster.protocol.WorkerId;

class RoundRobinTest {
    private final RoundRobin roundRobin = new RoundRobin();

    private record Worker(int number, int freeCells, long given, long lastTurn, long active) implements Candidate {
        Worker(int number, int freeCells, long lastTurn, long active) {
            this(number, freeCells, 0, lastTurn, active);
        }

        @Override
        public WorkerId worker() {
            return new WorkerId(number, 0);
        }
    }

    @Test
    void whoeverHasWaitedLongestIsNext() {
        assertThat(roundRobin.next(List.of(new Worker(1, 8, 7, 0), new Worker(2, 8, 5, 0), new Worker(3, 8, 6, 0))))
                .isEqualTo(1);
    }

    @Test
    void aWorkerThatNeverHadATurnIsFirst() {
        assertThat(roundRobin.next(List.of(new Worker(1, 8, 1, 0), new Worker(2, 8, 0, 0))))
                .isEqualTo(1);
    }

    @Test
    void amongNewWorkersTheOneThatOpenedFirstIsFirst() {
        assertThat(roundRobin.next(List.of(new Worker(1, 8, 0, 0), new Worker(2, 8, 0, 0))))
                .isZero();
    }

    @Test
    void aFullWorkerIsWaitedForWhenItIsItsTurn() {
        assertThat(roundRobin.next(List.of(new Worker(1, 8, 2, 0), new Worker(2, 0, 1, 0))))
                .isEqualTo(Scheduler.WAIT);
    }

    @Test
    void aFullWorkerDoesNotMatterWhileItIsNotItsTurn() {
        assertThat(roundRobin.next(List.of(new Worker(1, 8, 1, 0), new Worker(2, 0, 2, 0))))
                .isZero();
    }

    @Test
    void whoeverWasGivenFewerIsNextWhateverItsLastTurn() {
        assertThat(roundRobin.next(List.of(new Worker(1, 8, 5, 1, 0), new Worker(2, 8, 4, 9, 0))))
                .isEqualTo(1);
    }

    @Test
    void loadDoesNotMatter() {
        assertThat(roundRobin.next(List.of(new Worker(1, 1, 1, 1_000), new Worker(2, 8, 2, 0))))
                .isZero();
    }

    @Test
    void turnsAreStrict() {
        long[] turns = new long[3];
        int[] served = new int[3];
        for (long turn = 1; turn <= 300; turn++) {
            int chosen = roundRobin.next(List.of(
                    new Worker(1, 8, turns[0], 0), new Worker(2, 8, turns[1], 0), new Worker(3, 8, turns[2], 0)));
            turns[chosen] = turn;
            served[chosen]++;
        }

        assertThat(served).containsExactly(100, 100, 100);
    }
}
