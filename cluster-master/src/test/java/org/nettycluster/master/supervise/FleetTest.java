package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nettycluster.protocol.WorkerId;

class FleetTest {
    private static final WorkerExit CRASH = WorkerExit.of(1);
    private static final WorkerExit LEFT = WorkerExit.of(0);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final SimSeats seats = new SimSeats();
    private final List<ChangeResult> results = new ArrayList<>();
    private Fleet fleet = fleet(2);

    private Fleet fleet(int size) {
        return new Fleet(
                new FleetPlan(
                        size,
                        Duration.ofMillis(100),
                        Duration.ofSeconds(30),
                        3,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(10),
                        () -> 0.5),
                seats);
    }

    private static WorkerId id(int slot, int generation) {
        return new WorkerId(slot, generation);
    }

    private void exit(int slot, int generation, WorkerExit exit) {
        seats.alive.remove(id(slot, generation));
        fleet.exited(id(slot, generation), exit);
    }

    private void startAndBeReady(int size) {
        fleet = fleet(size);
        fleet.start();
        for (int slot = 1; slot <= size; slot++) {
            fleet.ready(id(slot, 1));
        }
        seats.done();
    }

    private void reload(int surge, Duration bake) {
        assertThat(fleet.reload(surge, SECOND, bake, results::add)).isNull();
    }

    private List<String> states() {
        return fleet.view().slots().stream()
                .map(slot -> slot.number() + " " + slot.seat().state())
                .toList();
    }

    @Test
    void everySeatIsTaken() {
        fleet.start();
        assertThat(seats.done()).containsExactly("start 1.1 of release 1", "start 2.1 of release 1");
        fleet.ready(id(2, 1));
        fleet.ready(id(2, 1));
        assertThat(seats.done()).isEmpty();
        fleet.ready(id(1, 1));
        assertThat(seats.done()).containsExactly("all ready");
    }

    @Test
    void whoCrashesHasASuccessorAfterTheBackOffWhichDoubles() {
        startAndBeReady(2);
        exit(2, 1, CRASH);
        assertThat(seats.done()).containsExactly("slot 2 waits 100 ms after code 1");
        seats.pass(Duration.ofMillis(99));
        assertThat(seats.done()).isEmpty();
        seats.pass(Duration.ofMillis(1));
        assertThat(seats.done()).containsExactly("start 2.2 of release 1");
        exit(2, 2, CRASH);
        assertThat(seats.done()).containsExactly("slot 2 waits 200 ms after code 1");
        seats.pass(Duration.ofMillis(200));
        fleet.ready(id(2, 3));
        assertThat(seats.done()).containsExactly("start 2.3 of release 1");
        assertThat(states()).containsExactly("1 READY", "2 READY");
    }

    @Test
    void workerThatServedForTwoSecondsBeginsAnew() {
        startAndBeReady(1);
        exit(1, 1, CRASH);
        seats.pass(SECOND);
        fleet.ready(id(1, 2));
        seats.pass(Duration.ofSeconds(2));
        seats.done();
        exit(1, 2, CRASH);
        assertThat(seats.done()).containsExactly("slot 1 waits 100 ms after code 1");
    }

    @Test
    void slotThatCrashesTooOftenGivesUpAlone() {
        startAndBeReady(2);
        exit(1, 1, CRASH);
        seats.pass(SECOND);
        exit(1, 2, CRASH);
        seats.pass(SECOND);
        seats.done();
        exit(1, 3, WorkerExit.of(137));
        assertThat(seats.done()).containsExactly("slot 1 gave up after 3 crashes, SIGKILL");
        seats.pass(MINUTE);
        assertThat(seats.done()).isEmpty();
        assertThat(states()).containsExactly("1 GAVE_UP", "2 READY");
        assertThat(fleet.view().slots().get(0).crashes()).isEqualTo(3);
        assertThat(fleet.view().slots().get(1).crashes()).isZero();
    }

    @Test
    void restartClosesTheBreaker() {
        slotThatCrashesTooOftenGivesUpAlone();
        assertThat(fleet.restart(1, results::add)).isNull();
        assertThat(seats.done()).containsExactly("start 1.4 of release 2");
        fleet.ready(id(1, 4));
        assertThat(results).containsExactly(new ChangeResult(null, null, 0));
        exit(1, 4, CRASH);
        assertThat(seats.done()).containsExactly("slot 1 waits 100 ms after code 1");
    }

    @Test
    void successorThatIsNotReadyInTimeHasCrashed() {
        startAndBeReady(1);
        exit(1, 1, CRASH);
        seats.pass(SECOND);
        seats.done();
        seats.pass(Duration.ofSeconds(10));
        assertThat(seats.done()).containsExactly("end 1.2");
        exit(1, 2, WorkerExit.of(143));
        assertThat(seats.done()).containsExactly("slot 1 waits 200 ms after SIGTERM");
    }

    @Test
    void fleetThatWasNeverReadyGivesUp() {
        fleet.start();
        seats.done();
        exit(2, 1, CRASH);
        assertThat(seats.done()).containsExactly("cannot start: worker 2.1 ended with code 1 before it was ready");
        exit(1, 1, CRASH);
        seats.pass(MINUTE);
        assertThat(seats.done()).as("said once, and nothing is started").isEmpty();
    }

    @Test
    void fleetThatIsNotReadyInTimeSaysSo() {
        fleet.start();
        seats.pass(Duration.ofSeconds(10));
        exit(1, 1, WorkerExit.of(143));
        assertThat(seats.done()).contains("cannot start: worker 1.1 was not ready within 10 s");
    }

    @Test
    void oneThatWasReadySavesTheFleet() {
        fleet.start();
        fleet.ready(id(1, 1));
        exit(2, 1, CRASH);
        seats.pass(SECOND);
        seats.done();
        fleet.ready(id(2, 2));
        assertThat(seats.done()).containsExactly("all ready");
    }

    @Test
    void nobodyIsStartedAfterStop() {
        startAndBeReady(2);
        exit(1, 1, CRASH);
        seats.done();
        fleet.stop();
        seats.pass(MINUTE);
        exit(2, 1, CRASH);
        seats.pass(MINUTE);
        assertThat(seats.done()).isEmpty();
        assertThat(fleet.scale(3, results::add)).isEqualTo("the cluster is stopping");
    }

    @Test
    void lateNewsOfFormerOccupantsAndOfStrangersIsIgnored() {
        startAndBeReady(2);
        exit(1, 1, CRASH);
        seats.pass(SECOND);
        seats.done();
        exit(1, 1, CRASH);
        fleet.ready(id(1, 1));
        fleet.drained(id(1, 1), 3);
        exit(1, 0, CRASH);
        exit(9, 1, CRASH);
        fleet.ready(id(2, 0));
        seats.pass(SECOND);
        assertThat(seats.done()).isEmpty();
    }

    private List<String> names() {
        return fleet.view().slots().stream()
                .map(slot -> slot.number() + "." + slot.generation() + " "
                        + slot.seat().state() + " beside "
                        + slot.beside().stream()
                                .map(place -> place.worker() + " " + place.state())
                                .toList())
                .toList();
    }

    @Test
    void slotIsNamedAfterWhoHasTheSeatDuringAReloadAndAfterOneThatFailed() {
        startAndBeReady(1);
        reload(1, SECOND);
        assertThat(names()).containsExactly("1.1 READY beside [1.2 STARTING]");
        fleet.ready(id(1, 2));
        assertThat(names()).as("while it bakes").containsExactly("1.1 READY beside [1.2 READY]");
        seats.pass(SECOND);
        assertThat(names()).containsExactly("1.2 READY beside [1.1 DRAINING]");
        exit(1, 1, LEFT);
        assertThat(names()).containsExactly("1.2 READY beside []");
        reload(1, Duration.ZERO);
        exit(1, 3, CRASH);
        assertThat(results).last().extracting(ChangeResult::failed).isEqualTo(id(1, 3));
        assertThat(names()).as("the failed one is gone").containsExactly("1.2 READY beside []");
        exit(1, 2, CRASH);
        assertThat(names()).containsExactly("1.2 BACKING_OFF beside []");
    }

    @Test
    void fleetThatLosesTheSlotThatWasNeverReadyIsComplete() {
        fleet.start();
        fleet.ready(id(1, 1));
        exit(2, 1, CRASH);
        seats.done();
        assertThat(fleet.scale(1, results::add)).isNull();
        assertThat(seats.done()).containsExactly("all ready");
    }

    @Test
    void reloadKeepsTheOldOneUntilTheNewOneIsReady() {
        startAndBeReady(2);
        reload(1, Duration.ZERO);
        assertThat(seats.done()).containsExactly("start 1.2 of release 2");
        fleet.ready(id(1, 2));
        assertThat(seats.done()).containsExactly("drain 1.1");
        fleet.drained(id(1, 1), 2);
        assertThat(seats.done()).as("never more than one beyond the fleet").isEmpty();
        exit(1, 1, LEFT);
        assertThat(seats.done()).containsExactly("start 2.2 of release 2");
        fleet.ready(id(2, 2));
        exit(2, 1, LEFT);
        assertThat(results).containsExactly(new ChangeResult(null, null, 2));
        assertThat(seats.progress())
                .containsExactly(
                        "1: 1.1 -> 1.2 STARTING",
                        "1: 1.1 -> 1.2 READY",
                        "1: 1.1 -> 1.2 DRAINING",
                        "1: null -> 1.2 DONE",
                        "2: 2.1 -> 2.2 STARTING",
                        "2: 2.1 -> 2.2 READY",
                        "2: 2.1 -> 2.2 DRAINING",
                        "2: null -> 2.2 DONE");
        assertThat(fleet.releases()).containsExactly(2);
        assertThat(states()).containsExactly("1 READY", "2 READY");
    }

    @Test
    void surgeReplacesSeveralAtOnceButBakesTheFirstAlone() {
        startAndBeReady(3);
        reload(2, Duration.ofSeconds(5));
        assertThat(seats.done()).containsExactly("start 1.2 of release 2");
        fleet.ready(id(1, 2));
        seats.pass(Duration.ofMillis(4999));
        assertThat(seats.done()).isEmpty();
        seats.pass(Duration.ofMillis(1));
        assertThat(seats.done()).containsExactly("drain 1.1");
        exit(1, 1, LEFT);
        assertThat(seats.done()).containsExactly("start 2.2 of release 2", "start 3.2 of release 2");
        fleet.ready(id(3, 2));
        assertThat(seats.done()).as("no bake for the others").containsExactly("drain 3.1");
    }

    @Test
    void newOneThatCrashesAtStartEndsTheReloadAndTheOldOnesServe() {
        startAndBeReady(2);
        reload(2, Duration.ZERO);
        seats.done();
        exit(2, 2, CRASH);
        assertThat(seats.done()).containsExactly("end 1.2");
        assertThat(results)
                .containsExactly(new ChangeResult("worker 2.2 ended with code 1 before it was ready", id(2, 2), 0));
        exit(1, 2, WorkerExit.of(143));
        assertThat(states()).containsExactly("1 READY", "2 READY");
        assertThat(fleet.releases()).as("a crash restarts the old release").containsExactly(1);
        seats.pass(MINUTE);
        assertThat(seats.done()).isEmpty();
    }

    @Test
    void newOneThatIsNeverReadyEndsTheReload() {
        startAndBeReady(2);
        reload(1, Duration.ZERO);
        seats.done();
        seats.pass(SECOND);
        assertThat(seats.done()).containsExactly("end 1.2");
        assertThat(results).containsExactly(new ChangeResult("worker 1.2 was not ready within 1 s", id(1, 2), 0));
        assertThat(fleet.view().slots().get(0).beside().get(0).state()).isEqualTo(SlotState.STOPPING);
        fleet.ready(id(1, 2));
        exit(1, 2, WorkerExit.of(143));
        assertThat(states()).containsExactly("1 READY", "2 READY");
    }

    @Test
    void newOneThatDiesWhileItBakesEndsTheReload() {
        startAndBeReady(2);
        reload(1, Duration.ofSeconds(5));
        fleet.ready(id(1, 2));
        seats.done();
        exit(1, 2, CRASH);
        assertThat(results).containsExactly(new ChangeResult("worker 1.2 ended with code 1", id(1, 2), 0));
        seats.pass(MINUTE);
        assertThat(seats.done()).isEmpty();
        assertThat(seats.progress()).last().isEqualTo("1: 1.1 -> 1.2 FAILED");
    }

    @Test
    void newOneThatCrashesLaterEndsTheReloadAndIsTriedAgain() {
        startAndBeReady(3);
        reload(1, Duration.ZERO);
        fleet.ready(id(1, 2));
        exit(1, 1, LEFT);
        seats.done();
        exit(1, 2, CRASH);
        assertThat(results).hasSize(1);
        assertThat(seats.done()).containsExactly("end 2.2", "slot 1 waits 100 ms after code 1");
        seats.pass(SECOND);
        assertThat(seats.done()).containsExactly("start 1.3 of release 2");
        assertThat(fleet.releases()).containsExactly(1, 2);
    }

    @Test
    void oldOneThatCrashesInAReloadIsReplacedByWhoeverIsFirst() {
        startAndBeReady(2);
        reload(1, Duration.ZERO);
        exit(1, 1, CRASH);
        seats.done();
        fleet.ready(id(1, 2));
        assertThat(seats.done()).containsExactly("start 2.2 of release 2");
        seats.pass(Duration.ofMillis(500));
        assertThat(seats.done()).as("the back-off of who is gone starts nobody").isEmpty();
        exit(2, 1, CRASH);
        seats.pass(Duration.ofMillis(100));
        assertThat(seats.done()).containsExactly("slot 2 waits 100 ms after code 1", "start 2.3 of release 1");
        fleet.ready(id(2, 2));
        assertThat(seats.done()).containsExactly("drain 2.3");
        exit(2, 3, LEFT);
        assertThat(results).containsExactly(new ChangeResult(null, null, 0));
    }

    @Test
    void oneChangeAtATime() {
        startAndBeReady(2);
        reload(1, Duration.ZERO);
        assertThat(fleet.view().change()).isEqualTo("reload");
        assertThat(fleet.scale(3, results::add)).isEqualTo("a reload is in progress");
        assertThat(fleet.restart(2, results::add)).isEqualTo("a reload is in progress");
        fleet.stop();
        assertThat(results).containsExactly(new ChangeResult("the cluster is stopping", null, 0));
        seats.done();
        fleet.drainAll();
        assertThat(seats.done()).containsExactly("drain 1.1", "drain 1.2", "drain 2.1");
        exit(1, 2, LEFT);
        exit(1, 1, LEFT);
        exit(2, 1, LEFT);
        assertThat(fleet.view().slots()).isEmpty();
    }

    @Test
    void growingFleetIsBiggerWhenAllOfTheNewAreReady() {
        startAndBeReady(1);
        assertThat(fleet.scale(3, results::add)).isNull();
        assertThat(seats.done()).containsExactly("start 2.1 of release 1", "start 3.1 of release 1");
        fleet.ready(id(2, 1));
        assertThat(results).isEmpty();
        fleet.ready(id(3, 1));
        assertThat(results).containsExactly(new ChangeResult(null, null, 0));
        assertThat(states()).containsExactly("1 READY", "2 READY", "3 READY");
    }

    @Test
    void growthThatFailsIsTakenBack() {
        startAndBeReady(1);
        fleet.scale(3, results::add);
        fleet.ready(id(2, 1));
        seats.done();
        exit(3, 1, CRASH);
        assertThat(seats.done()).containsExactly("drain 2.1");
        assertThat(seats.vacated).containsExactly(3, 2);
        exit(2, 1, LEFT);
        assertThat(results)
                .containsExactly(new ChangeResult("worker 3.1 ended with code 1 before it was ready", id(3, 1), 0));
        assertThat(states()).containsExactly("1 READY");
    }

    @Test
    void shrinkingFleetLosesTheHighestSlotsAndNoNameComesBack() {
        startAndBeReady(3);
        exit(2, 1, CRASH);
        seats.done();
        assertThat(fleet.scale(1, results::add)).isNull();
        assertThat(seats.done()).as("nobody sits in slot 2").containsExactly("drain 3.1");
        assertThat(seats.vacated).containsExactly(2, 3);
        fleet.drained(id(3, 1), 4);
        assertThat(results).isEmpty();
        exit(3, 1, LEFT);
        assertThat(results).containsExactly(new ChangeResult(null, null, 4));
        seats.pass(MINUTE);
        assertThat(states()).containsExactly("1 READY");
        fleet.scale(3, results::add);
        assertThat(seats.done()).containsExactly("start 2.2 of release 1", "start 3.2 of release 1");
    }

    @Test
    void scaleToTheSameSizeIsDoneAtOnce() {
        startAndBeReady(2);
        assertThat(fleet.scale(2, results::add)).isNull();
        assertThat(results).containsExactly(new ChangeResult(null, null, 0));
        assertThat(seats.done()).isEmpty();
    }

    @Test
    void fleetThatStartsIsNotChanged() {
        fleet.start();
        assertThat(fleet.reload(1, SECOND, Duration.ZERO, results::add))
                .isEqualTo("no worker was ready yet: the fleet is starting");
    }
}
