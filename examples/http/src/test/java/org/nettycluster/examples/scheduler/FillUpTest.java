package org.nettycluster.examples.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.schedule.Arrival;
import org.nettycluster.master.schedule.Candidate;
import org.nettycluster.master.schedule.Scheduler;
import org.nettycluster.protocol.WorkerId;

class FillUpTest {
    private record Worker(int slot, int freeCells, long connections, long given) implements Candidate {
        @Override
        public WorkerId worker() {
            return new WorkerId(slot, 1);
        }

        @Override
        public long lastTurn() {
            return given;
        }

        @Override
        public long age() {
            return 0;
        }
    }

    private static int next(Worker... workers) {
        return new FillUp().next(List.of(workers), Arrival.expected(1));
    }

    @Test
    void theLowestSlotIsFilledUpFirst() {
        assertThat(next(new Worker(3, 8, 0, 0), new Worker(1, 8, 99, 99), new Worker(2, 8, 0, 0)))
                .isEqualTo(1);
        assertThat(next(new Worker(3, 8, 0, 0), new Worker(1, 8, 100, 100), new Worker(2, 8, 0, 0)))
                .isEqualTo(2);
    }

    @Test
    void aWorkerWithoutAFreeCellIsNotWaitedFor() {
        assertThat(next(new Worker(1, 0, 8, 8), new Worker(2, 8, 0, 0))).isEqualTo(1);
    }

    @Test
    void beyondThatTurnsAreTaken() {
        assertThat(next(new Worker(1, 8, 120, 120), new Worker(2, 8, 110, 110))).isEqualTo(1);
        assertThat(next(new Worker(1, 0, 8, 8), new Worker(2, 0, 8, 9))).isEqualTo(Scheduler.WAIT);
    }
}
