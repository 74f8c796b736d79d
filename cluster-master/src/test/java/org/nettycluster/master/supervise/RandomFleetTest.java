package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.supervise.FleetView.SlotView;
import org.nettycluster.protocol.WorkerId;

/** Changes, crashes and processes that are slow or broken, in any order: the fleet ends as it was wanted. */
class RandomFleetTest {
    private static final int SCHEDULES = 1000;
    private static final int STEPS = 60;
    private static final Duration LONG = Duration.ofMinutes(20);

    @Test
    void everyScheduleEndsInTheWantedState() {
        for (int seed = 0; seed < SCHEDULES; seed++) {
            try {
                new Schedule(seed).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static final class Schedule {
        private final Random random;
        private final SimSeats seats = new SimSeats();
        private final Fleet fleet;
        private final boolean breaker;
        private final List<ChangeResult> results = new ArrayList<>();
        private int begun;
        private int wanted;
        private int surge;
        private int broken = -1;
        private boolean calm = true;

        Schedule(int seed) {
            random = new Random(seed);
            wanted = 1 + random.nextInt(4);
            breaker = random.nextBoolean();
            fleet = new Fleet(
                    new FleetPlan(
                            wanted,
                            Duration.ofMillis(100),
                            Duration.ofSeconds(3),
                            breaker ? 4 : 0,
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(5),
                            random::nextDouble),
                    seats);
            seats.onStart = this::started;
            seats.onDrain = worker -> later(3000, () -> {
                fleet.drained(worker, random.nextInt(2));
                later(1000, () -> exit(worker, 0));
            });
            seats.onEnd = worker -> later(6000, () -> exit(worker, 143));
        }

        private void later(int withinMillis, Runnable task) {
            seats.after(Duration.ofMillis(random.nextInt(withinMillis)), task);
        }

        private void exit(WorkerId worker, int code) {
            if (seats.alive.remove(worker) != null) {
                fleet.exited(worker, WorkerExit.of(code));
            }
        }

        /** A release may be broken in one of three ways: it crashes, is never ready, or dies soon after it was. */
        private void started(WorkerId worker, int release) {
            int how = release == broken ? random.nextInt(3) : -1;
            if (how == 0) {
                later(1000, () -> exit(worker, 1));
            } else if (how != 1) {
                later(2000, () -> {
                    if (seats.alive.containsKey(worker)) {
                        fleet.ready(worker);
                    }
                });
                if (how == 2) {
                    later(4000, () -> exit(worker, 2));
                }
            }
            if (!calm && random.nextInt(8) == 0) {
                later(4000, () -> exit(worker, 139));
            }
        }

        void run() {
            fleet.start();
            seats.pass(Duration.ofSeconds(10));
            assertThat(seats.done).contains("all ready");
            calm = false;
            for (int step = 0; step < STEPS; step++) {
                act();
                seats.pass(Duration.ofMillis(random.nextInt(4000)));
                check();
            }
            calm = true;
            broken = -1;
            seats.pass(LONG);
            assertThat(fleet.view().change()).isNull();
            assertThat(results).as("each change was answered once").hasSize(begun);
            healAll();
            assertEnd();
            fleet.drainAll();
            seats.pass(LONG);
            assertThat(seats.alive).isEmpty();
            assertThat(fleet.view().slots()).isEmpty();
        }

        private void act() {
            switch (random.nextInt(6)) {
                case 0 -> {
                    surge = 1 + random.nextInt(3);
                    int next = nextRelease();
                    boolean bad = random.nextInt(3) == 0;
                    if (fleet.view().change() == null) {
                        broken = bad ? next : -1;
                    }
                    count(fleet.reload(
                            surge, Duration.ofSeconds(4), Duration.ofSeconds(random.nextInt(3)), results::add));
                }
                case 1 -> {
                    int size = 1 + random.nextInt(5);
                    count(fleet.scale(size, result -> {
                        results.add(result);
                        wanted = result.failure() == null ? size : wanted;
                    }));
                }
                case 2 -> {
                    int slot = 1 + random.nextInt(wanted);
                    if (fleet.view().change() == null) {
                        count(fleet.restart(slot, results::add));
                    }
                }
                case 3, 4 -> {
                    List<WorkerId> all = List.copyOf(seats.alive.keySet());
                    if (!all.isEmpty()) {
                        exit(all.get(random.nextInt(all.size())), 137);
                    }
                }
                default -> {}
            }
        }

        private int nextRelease() {
            return seats.alive.values().stream().mapToInt(each -> each).max().orElse(0) + 1;
        }

        private void count(String refusal) {
            if (refusal == null) {
                begun++;
            }
        }

        private void check() {
            for (SlotView slot : fleet.view().slots()) {
                WorkerId seat = slot.seat().worker();
                if (seat != null) {
                    assertThat(seats.alive).containsKey(seat);
                }
                slot.beside().forEach(each -> assertThat(seats.alive).containsKey(each.worker()));
            }
            long known = fleet.view().slots().stream()
                    .mapToLong(slot -> slot.beside().size() + (slot.seat().worker() == null ? 0 : 1))
                    .sum();
            assertThat(known).as("no process is forgotten").isEqualTo(seats.alive.size());
            assertThat(results.size()).isIn(begun, begun - 1);
        }

        /** Slots whose breaker is open stay so until they are restarted, or the fleet is reloaded. */
        private void healAll() {
            if (fleet.view().slots().stream().anyMatch(slot -> slot.seat().state() == SlotState.GAVE_UP)) {
                assertThat(breaker).isTrue();
            }
            count(fleet.reload(1, Duration.ofSeconds(4), Duration.ZERO, results::add));
            seats.pass(LONG);
            assertThat(results).last().extracting(ChangeResult::failure).isNull();
        }

        private void assertEnd() {
            assertThat(fleet.view().slots()).hasSize(wanted).allSatisfy(slot -> {
                assertThat(slot.seat().state()).isEqualTo(SlotState.READY);
                assertThat(slot.beside()).isEmpty();
            });
            assertThat(seats.alive).hasSize(wanted);
            assertThat(fleet.releases()).hasSize(1);
        }
    }
}
