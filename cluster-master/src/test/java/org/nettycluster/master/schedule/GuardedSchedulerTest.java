package org.nettycluster.master.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GuardedSchedulerTest {
    private final List<String> complaints = new ArrayList<>();
    private final List<@Nullable Throwable> causes = new ArrayList<>();

    private int next(Scheduler scheduler, Worker... workers) {
        return guarded(scheduler).next(List.of(workers), Arrival.expected(1));
    }

    private GuardedScheduler guarded(Scheduler scheduler) {
        return new GuardedScheduler(scheduler, (complaint, cause) -> {
            complaints.add(complaint);
            causes.add(cause);
        });
    }

    @Test
    void aGoodAnswerIsPassedOn() {
        assertThat(next((candidates, arrival) -> 1, new Worker(1), new Worker(2).given(9)))
                .isEqualTo(1);
        assertThat(next((candidates, arrival) -> Scheduler.WAIT, new Worker(1), new Worker(2).full()))
                .isEqualTo(Scheduler.WAIT);
        assertThat(complaints).isEmpty();
    }

    @Test
    void whatItThrowsIsToldAndRoundRobinDecides() {
        NoClassDefFoundError missing = new NoClassDefFoundError("com/example/Helper");

        assertThat(next(
                        (candidates, arrival) -> {
                            throw missing;
                        },
                        new Worker(1).given(2),
                        new Worker(2).given(1)))
                .isEqualTo(1);
        assertThat(complaints)
                .singleElement()
                .asString()
                .contains(" failed: round robin decides instead; faults so far 1, told again at 10");
        assertThat(causes).containsExactly(missing);
    }

    @Test
    void anIndexBeyondTheCandidatesIsNoAnswer() {
        assertThat(next((candidates, arrival) -> 2, new Worker(1).given(2), new Worker(2)))
                .isEqualTo(1);
        assertThat(next((candidates, arrival) -> -2, new Worker(1).given(2), new Worker(2)))
                .isEqualTo(1);
        assertThat(complaints).hasSize(2).first().asString().contains("answered 2 to 2 candidates");
    }

    @Test
    void aFullWorkerIsNoAnswer() {
        assertThat(next((candidates, arrival) -> 0, new Worker(1).full(), new Worker(2)))
                .as("whose turn it is by round robin is full")
                .isEqualTo(Scheduler.WAIT);
        assertThat(complaints).singleElement().asString().contains("chose worker 1.1, which has no free cell");
    }

    @Test
    void waitingForNobodyIsNoAnswerSinceNothingWouldEndIt() {
        assertThat(next((candidates, arrival) -> Scheduler.WAIT, new Worker(1), new Worker(2)))
                .isZero();
        assertThat(complaints).singleElement().asString().contains("waits although no candidate is full");
    }

    @Test
    void aWeightThatIsNoneCountsAsOne() {
        for (double weight : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            Scheduler odd = new Scheduler() {
                @Override
                public int next(List<? extends Candidate> candidates, Arrival arrival) {
                    return 0;
                }

                @Override
                public double weight(Candidate candidate) {
                    return weight;
                }
            };
            assertThat(guarded(odd).weight(new Worker(3))).isEqualTo(1);
        }
        assertThat(complaints).hasSize(4).first().asString().contains("said that worker 3.1 weighs 0.0");
    }

    @Test
    void oneThatIsAlwaysWrongFillsNoLog() {
        GuardedScheduler wrong = guarded((candidates, arrival) -> 99);
        for (int i = 0; i < 100_000; i++) {
            wrong.next(List.of(new Worker(1)), Arrival.expected(i));
        }

        assertThat(complaints).hasSize(6).last().asString().endsWith("faults so far 100000, told again at 1000000");
    }
}
