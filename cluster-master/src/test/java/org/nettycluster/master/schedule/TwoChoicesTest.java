package org.nettycluster.master.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TwoChoicesTest {
    private final TwoChoices twoChoices = new TwoChoices(4711);

    private int next(long number, Worker... workers) {
        return twoChoices.next(List.of(workers), Arrival.expected(number));
    }

    private int[] drawn(int times, Worker... workers) {
        int[] drawn = new int[workers.length];
        for (int number = 1; number <= times; number++) {
            drawn[next(number, workers)]++;
        }
        return drawn;
    }

    @Test
    void theSameQuestionHasTheSameAnswerBeforeAndAfterAccepting() {
        Worker[] workers = Worker.slots(8);
        for (int number = 1; number < 100; number++) {
            assertThat(twoChoices.next(List.of(workers), Arrival.of(number, new byte[8])))
                    .isEqualTo(next(number, workers));
        }
    }

    @Test
    void anotherSeedDrawsOthers() {
        Worker[] workers = Worker.slots(8);
        TwoChoices other = new TwoChoices(4712);
        int same = 0;
        for (int number = 1; number <= 800; number++) {
            same += other.next(List.of(workers), Arrival.expected(number)) == next(number, workers) ? 1 : 0;
        }

        assertThat(same).isBetween(50, 200);
    }

    @Test
    void whoeverHasTheMostNeverGetsOneAndWhoeverHasTheFewestGetsItsTwoDraws() {
        Worker[] workers = Worker.slots(4);
        workers[1].connections(50);
        workers[2].connections(10);
        workers[3].connections(10);
        int[] drawn = drawn(12_000, workers);

        assertThat(drawn[1]).isZero();
        assertThat(drawn[0]).as("2 of 4").isBetween(5_700, 6_300);
    }

    @Test
    void amongEqualsAllAreDrawnAlike() {
        assertThat(Arrays.stream(drawn(30_000, Worker.slots(3)))).allMatch(count -> 9_600 < count && count < 10_400);
    }

    @Test
    void itNeverWaitsWhileSomebodyHasAPlace() {
        Worker[] workers = Worker.slots(4);
        workers[0].full();
        workers[1].full();
        workers[3].full();
        workers[2].connections(1_000);

        assertThat(drawn(100, workers)).containsExactly(0, 0, 100, 0);
    }

    @Test
    void itDrawsAmongThoseWithAPlaceOnly() {
        Worker[] workers = Worker.slots(4);
        workers[1].full();
        int[] drawn = drawn(3_000, workers);

        assertThat(drawn[1]).isZero();
        assertThat(drawn[0]).isBetween(850, 1_150);
        assertThat(drawn[2]).isBetween(850, 1_150);
    }

    @Test
    void whenAllAreFullItWaits() {
        assertThat(next(1, new Worker(1).full(), new Worker(2).full())).isEqualTo(Scheduler.WAIT);
    }

    @Test
    void connectionsThatStayAreSpreadFarMoreEvenlyThanByOneDraw() {
        Worker[] workers = Worker.slots(10);
        for (int number = 1; number <= 10_000; number++) {
            Worker chosen = workers[next(number, workers)];
            chosen.connections(chosen.connections + 1);
        }

        assertThat(workers).allSatisfy(worker -> assertThat(worker.connections).isBetween(990L, 1_010L));
    }
}
