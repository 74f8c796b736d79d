package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nettycluster.protocol.WorkerId;

class FleetTest {
    private static final Duration DELAY = Duration.ofSeconds(3);
    private static final WorkerExit CRASH = WorkerExit.of(1);

    private final List<String> done = new ArrayList<>();
    private final List<Runnable> timers = new ArrayList<>();
    private final Fleet fleet = new Fleet(2, DELAY, new Seats());

    private final class Seats implements Fleet.Seats {
        @Override
        public void start(WorkerId worker) {
            done.add("start " + worker);
        }

        @Override
        public void after(Duration delay, Runnable task) {
            assertThat(delay).isEqualTo(DELAY);
            timers.add(task);
        }

        @Override
        public void allReady() {
            done.add("all ready");
        }

        @Override
        public void cannotStart(WorkerId worker, WorkerExit exit) {
            done.add("cannot start " + worker + " " + exit);
        }

        @Override
        public void restarting(WorkerId worker, WorkerExit exit, Duration delay) {
            done.add("restarting " + worker);
        }
    }

    private static WorkerId id(int slot, int generation) {
        return new WorkerId(slot, generation);
    }

    private List<String> done() {
        List<String> news = List.copyOf(done);
        done.clear();
        return news;
    }

    private void delayPasses() {
        List<Runnable> due = List.copyOf(timers);
        timers.clear();
        due.forEach(Runnable::run);
    }

    private void startAndBeReady() {
        fleet.start();
        fleet.ready(id(1, 1));
        fleet.ready(id(2, 1));
        done();
    }

    @Test
    void everySeatIsTaken() {
        fleet.start();
        assertThat(done()).containsExactly("start 1.1", "start 2.1");
        fleet.ready(id(2, 1));
        fleet.ready(id(2, 1));
        assertThat(done()).isEmpty();
        fleet.ready(id(1, 1));
        assertThat(done()).containsExactly("all ready");
    }

    @Test
    void whoEndsHasASuccessorAfterTheDelay() {
        startAndBeReady();
        fleet.exited(id(2, 1), CRASH);
        assertThat(done()).containsExactly("restarting 2.1");
        delayPasses();
        assertThat(done()).containsExactly("start 2.2");
        fleet.ready(id(2, 2));
        assertThat(done()).as("told once").isEmpty();
    }

    @Test
    void workerThatFailsToStartLaterIsTriedAgain() {
        startAndBeReady();
        fleet.exited(id(1, 1), CRASH);
        delayPasses();
        fleet.exited(id(1, 2), WorkerExit.of(127));
        delayPasses();
        assertThat(done()).containsExactly("restarting 1.1", "start 1.2", "restarting 1.2", "start 1.3");
    }

    @Test
    void fleetThatWasNeverReadyGivesUp() {
        fleet.start();
        done();
        fleet.exited(id(2, 1), CRASH);
        assertThat(done()).containsExactly("cannot start 2.1 code 1");
        fleet.exited(id(1, 1), CRASH);
        delayPasses();
        assertThat(done()).as("said once, and nothing is started").isEmpty();
    }

    @Test
    void oneThatWasReadySavesTheFleet() {
        fleet.start();
        fleet.ready(id(1, 1));
        done();
        fleet.exited(id(2, 1), CRASH);
        delayPasses();
        assertThat(done()).containsExactly("restarting 2.1", "start 2.2");
        fleet.ready(id(2, 2));
        assertThat(done()).containsExactly("all ready");
    }

    @Test
    void nobodyIsStartedAfterStop() {
        startAndBeReady();
        fleet.exited(id(1, 1), CRASH);
        done();
        fleet.stop();
        delayPasses();
        fleet.exited(id(2, 1), CRASH);
        delayPasses();
        assertThat(done()).isEmpty();
    }

    @Test
    void lateNewsOfFormerOccupantsIsIgnored() {
        startAndBeReady();
        fleet.exited(id(1, 1), CRASH);
        delayPasses();
        done();
        fleet.exited(id(1, 1), CRASH);
        fleet.ready(id(1, 1));
        delayPasses();
        assertThat(done()).isEmpty();
    }

    @Test
    void exitToldTwiceStartsOneSuccessor() {
        startAndBeReady();
        fleet.exited(id(1, 1), CRASH);
        fleet.exited(id(1, 1), CRASH);
        delayPasses();
        assertThat(done().stream().filter(each -> each.startsWith("start"))).containsExactly("start 1.2");
    }

    @Test
    void forksAndStrangersHaveNoSeat() {
        startAndBeReady();
        fleet.exited(id(1, 0), CRASH);
        fleet.exited(id(9, 1), CRASH);
        fleet.ready(id(2, 0));
        assertThat(done()).isEmpty();
        assertThat(timers).isEmpty();
    }
}
