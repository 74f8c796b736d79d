package org.nettycluster.master.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nettycluster.master.schedule.Arrival;
import org.nettycluster.master.schedule.Candidate;
import org.nettycluster.master.schedule.GuardedScheduler;
import org.nettycluster.master.schedule.LeastConnections;
import org.nettycluster.master.schedule.RoundRobin;
import org.nettycluster.master.schedule.Scheduler;
import org.nettycluster.master.schedule.SourceHash;
import org.nettycluster.master.schedule.Weighted;

/** Schedulers over real lanes: what they are told, and what becomes of their answers. */
class SchedulingTest {
    private static final long MS = 1_000_000;
    private static final long RESCUE = 10 * MS;

    private final Capacity capacity = new Capacity(ConnectionLimits.NONE);
    private final List<TestLane> lanes = new ArrayList<>();
    private long now = 1_000 * MS;
    private int accepted;

    private Dispatcher dispatcher(Scheduler scheduler, int workers) {
        Dispatcher dispatcher = new Dispatcher(scheduler, RESCUE, RESCUE / 2, 0, 100 * MS, capacity, Crowding.UNKNOWN);
        for (int i = 0; i < workers; i++) {
            opens(dispatcher);
        }
        return dispatcher;
    }

    private TestLane opens(Dispatcher dispatcher) {
        TestLane lane = new TestLane(lanes.size() + 1, 8);
        lanes.add(lane);
        dispatcher.laneOpened(lane.lane);
        return lane;
    }

    /** Accepts one, which is claimed at once, and says who has got it. */
    private int accept(Dispatcher dispatcher) {
        return accept(dispatcher, new byte[8]);
    }

    private int accept(Dispatcher dispatcher, byte[] address) {
        int worker = offer(dispatcher, address);
        TestLane lane = lanes.get(worker - 1);
        lane.claim(lane.sent.size() - 1);
        dispatcher.run(now);
        return worker;
    }

    private int offer(Dispatcher dispatcher, byte[] address) {
        int[] before = lanes.stream().mapToInt(lane -> lane.sent.size()).toArray();
        assertThat(dispatcher.ready(now)).isTrue();
        dispatcher.place(new AcceptedConnection(++accepted, accepted, address, fd -> {}), now);
        dispatcher.send(now);
        for (int i = 0; i < before.length; i++) {
            if (lanes.get(i).sent.size() > before[i]) {
                return i + 1;
            }
        }
        throw new AssertionError("nobody has got it");
    }

    private List<Integer> acceptAll(Dispatcher dispatcher, int count) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            order.add(accept(dispatcher));
        }
        return order;
    }

    private List<Integer> sent() {
        return lanes.stream().map(lane -> lane.sent.size()).toList();
    }

    private static Weighted weighted(Integer... weights) {
        return new Weighted(List.of(weights), Duration.ZERO);
    }

    @Test
    void weightsAreSmooth() {
        Dispatcher dispatcher = dispatcher(weighted(1, 2, 3), 3);
        for (int round = 0; round < 50; round++) {
            List<Integer> order = acceptAll(dispatcher, 6);
            assertThat(order).filteredOn(worker -> worker == 1).hasSize(1);
            assertThat(order).filteredOn(worker -> worker == 2).hasSize(2);
            assertThat(order).filteredOn(worker -> worker == 3).hasSize(3);
            assertThat(String.valueOf(order)).doesNotContain("3, 3, 3").doesNotContain("2, 2");
        }
    }

    @Test
    void veryUnequalWeightsAreKept() {
        Dispatcher dispatcher = dispatcher(weighted(1, 100), 2);
        acceptAll(dispatcher, 1_010);

        assertThat(sent()).containsExactly(10, 1_000);
    }

    @Test
    void weightsAreKeptAlsoWhenConnectionsComeRarely() {
        Dispatcher dispatcher = dispatcher(weighted(1, 3), 2);
        for (int i = 0; i < 400; i++) {
            now += 5_000 * MS;
            dispatcher.run(now);
            accept(dispatcher);
        }

        assertThat(sent()).containsExactly(100, 300);
    }

    @Test
    void whatComesBackIsRefundedAtThePriceThatItHad() {
        double[] weight = {0.5};
        Dispatcher dispatcher = dispatcher(
                new Scheduler() {
                    @Override
                    public int next(List<? extends Candidate> candidates, Arrival arrival) {
                        return new RoundRobin().next(candidates, arrival);
                    }

                    @Override
                    public double weight(Candidate candidate) {
                        return weight[0];
                    }
                },
                2);
        int stalled = offer(dispatcher, new byte[8]);
        weight[0] = 1;
        now += RESCUE;
        dispatcher.run(now);

        assertThat(lanes.get(stalled - 1).lane.given()).isZero();
        assertThat(lanes.get(2 - stalled).lane.given()).isEqualTo(Turns.ONE);
    }

    @Test
    void aSlowStartGivesAFreshWorkerLittleAtFirstAndItsShareInTheEnd() {
        Dispatcher dispatcher = dispatcher(new Weighted(List.of(), Duration.ofSeconds(10)), 3);
        for (int i = 0; i < 12_000; i++) {
            now += MS;
            accept(dispatcher);
        }
        TestLane fresh = opens(dispatcher);
        List<Integer> inEachSecond = new ArrayList<>();
        for (int second = 0; second < 12; second++) {
            int before = fresh.sent.size();
            for (int i = 0; i < 1_000; i++) {
                now += MS;
                accept(dispatcher);
            }
            inEachSecond.add(fresh.sent.size() - before);
        }

        assertThat(inEachSecond.get(0)).as("a tenth of what each other gets").isBetween(25, 40);
        assertThat(inEachSecond.subList(0, 10)).isSorted();
        assertThat(inEachSecond.get(11)).isBetween(249, 251);
    }

    @Test
    void aFreshWorkerDoesNotWaitBehindTheDearTurnsOfAnother() {
        Dispatcher dispatcher = dispatcher(new Weighted(List.of(), Duration.ofSeconds(10)), 3);
        for (int i = 0; i < 12_000; i++) {
            now += MS;
            accept(dispatcher);
        }
        opens(dispatcher);
        for (int i = 0; i < 8; i++) {
            now += MS;
            accept(dispatcher);
        }
        TestLane second = opens(dispatcher);

        assertThat(acceptAll(dispatcher, 5)).contains(lanes.indexOf(second) + 1);
    }

    @Test
    void aFleetThatStartsTogetherIsFilledEvenlyInSpiteOfTheSlowStart() {
        Dispatcher dispatcher = dispatcher(new Weighted(List.of(), Duration.ofSeconds(30)), 4);
        for (int i = 0; i < 64; i++) {
            now += MS / 10;
            accept(dispatcher);
        }

        assertThat(sent()).containsExactly(16, 16, 16, 16);
    }

    @Test
    void leastConnectionsCountsOffersAndEndsOnAllListenersOfAWorker() {
        Dispatcher dispatcher = dispatcher(new LeastConnections(), 3);
        for (int i = 0; i < 24; i++) {
            offer(dispatcher, new byte[8]);
        }
        assertThat(sent()).as("before any claim is seen").containsExactly(8, 8, 8);
        for (TestLane lane : lanes) {
            for (int i = 0; i < 8; i++) {
                lane.claim(i);
            }
        }
        dispatcher.run(now);
        for (int i = 0; i < 3; i++) {
            lanes.get(1).page.countClosed();
        }
        assertThat(acceptAll(dispatcher, 3)).containsOnly(2);

        Dispatcher other =
                new Dispatcher(new LeastConnections(), RESCUE, RESCUE / 2, 0, 100 * MS, capacity, Crowding.UNKNOWN);
        TestLane elsewhere = new TestLane(1, 8);
        other.laneOpened(elsewhere.lane);
        other.place(new AcceptedConnection(1, 99, new byte[8], fd -> {}), now);
        other.send(now);

        assertThat(acceptAll(dispatcher, 2)).containsExactlyInAnyOrder(2, 3);
    }

    @Test
    void anAddressesWorkerIsOnlyUsualSoNothingIsHeldThatSomebodyCouldHave() {
        Dispatcher dispatcher = dispatcher(new SourceHash(), 2);
        byte[] hot = {10, 0, 0, 1, 0, 0, 4, 2};
        int usual = offer(dispatcher, hot);
        for (int i = 1; i < 8; i++) {
            assertThat(offer(dispatcher, hot)).isEqualTo(usual);
        }

        assertThat(offer(dispatcher, hot)).as("its window is full").isEqualTo(3 - usual);
        assertThat(dispatcher.hasWaiting()).isFalse();

        lanes.get(usual - 1).claim(0);
        dispatcher.run(now);
        assertThat(offer(dispatcher, hot)).isEqualTo(usual);
    }

    @Test
    void aLateWorkersClientsGoElsewhereAndComeBackWhenItIsWell() {
        Dispatcher dispatcher = dispatcher(new SourceHash(), 2);
        byte[] client = {10, 0, 0, 1, 0, 0, 4, 2};
        int usual = offer(dispatcher, client);
        TestLane stalled = lanes.get(usual - 1);
        now += RESCUE / 2;
        assertThat(accept(dispatcher, client)).isEqualTo(3 - usual);

        stalled.claim(0);
        dispatcher.run(now);

        assertThat(accept(dispatcher, client)).isEqualTo(usual);
    }

    @Test
    void whatWasAcceptedIsNeverHeldForOneWorkerWhateverTheSchedulerSays() {
        Scheduler picky =
                (candidates, arrival) -> candidates.get(0).freeCells() > 0 ? 0 : arrival.isKnown() ? Scheduler.WAIT : 1;
        Dispatcher dispatcher = dispatcher(picky, 2);
        for (int i = 0; i < 8; i++) {
            assertThat(offer(dispatcher, new byte[8])).isEqualTo(1);
        }

        assertThat(offer(dispatcher, new byte[8])).isEqualTo(2);
        assertThat(dispatcher.hasWaiting()).isFalse();
    }

    @Test
    void aSchedulerCannotChangeWhatItIsShown() {
        List<String> complaints = new ArrayList<>();
        Scheduler sorts = (candidates, arrival) -> {
            candidates.sort((one, other) -> Long.compare(other.lastTurn(), one.lastTurn()));
            return 0;
        };
        Dispatcher dispatcher =
                dispatcher(new GuardedScheduler(sorts, (complaint, cause) -> complaints.add(complaint)), 3);

        assertThat(acceptAll(dispatcher, 6)).containsExactly(1, 2, 3, 1, 2, 3);
        assertThat(complaints).isNotEmpty().first().asString().contains(" failed: ");
    }

    @Test
    void theNumberOfAnArrivalIsTheSameBeforeAndAfterAccepting() {
        List<Long> numbers = new ArrayList<>();
        Dispatcher dispatcher = dispatcher(
                (candidates, arrival) -> {
                    numbers.add(arrival.isKnown() ? arrival.number() : -arrival.number());
                    return 0;
                },
                1);
        acceptAll(dispatcher, 2);

        assertThat(numbers).containsExactly(-1L, 1L, -2L, 2L);
    }

    @Test
    void ageCountsFromTheFirstConnection() {
        List<Long> ages = new ArrayList<>();
        Dispatcher dispatcher = dispatcher(
                (candidates, arrival) -> {
                    if (arrival.isKnown()) {
                        ages.add(candidates.stream().mapToLong(Candidate::age).sum());
                    }
                    return 0;
                },
                1);
        now += 500 * MS;
        accept(dispatcher);
        now += 3 * MS;
        accept(dispatcher);

        assertThat(ages).containsExactly(0L, 3 * MS);
    }
}
