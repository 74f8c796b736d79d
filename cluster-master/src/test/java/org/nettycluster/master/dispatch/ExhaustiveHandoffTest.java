package org.nettycluster.master.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every path through two lanes, two connections and one fault of each kind; see {@link Search}. */
class ExhaustiveHandoffTest {
    private static final int STATES_AT_MOST = 2_000_000;
    /** Of which a path has so many continuations that time passes once on it, and twice in a soak. */
    private static final Set<Fault> WIDE = EnumSet.complementOf(EnumSet.of(
            Fault.STARVED,
            Fault.DEAD,
            Fault.STOP,
            Fault.EXIT,
            Fault.LANE_CLOSE,
            Fault.STALL_SEEN,
            Fault.LISTENER_CLOSE));

    private static final boolean SOAK = Boolean.getBoolean("ncluster.soak");

    @ParameterizedTest
    @EnumSource
    void noPathWithOneFaultLosesAConnectionOrWedgesALane(Fault fault) {
        walk(search(1, fault));
    }

    @ParameterizedTest
    @EnumSource(names = {"PREEMPTION", "STARVED", "DEAD", "STOP", "EXIT", "STALL_SEEN", "LISTENER_CLOSE"})
    void aWindowOfTwoIsAsSafeAsOne(Fault fault) {
        assumeTrue(
                SOAK || fault == Fault.STARVED || fault == Fault.LISTENER_CLOSE,
                "some 100,000 states: only with -Dsoak=true");
        walk(search(2, fault));
    }

    @ParameterizedTest
    @EnumSource(names = {"PREEMPTION", "STOP", "PAUSE", "STALL_SEEN", "DRAIN"})
    void aWindowOfThreeIsAsSafeAsOne(Fault fault) {
        assumeTrue(
                SOAK || fault == Fault.PREEMPTION || fault == Fault.STOP, "some 50,000 states: only with -Dsoak=true");
        walk(search(3, fault));
    }

    @ParameterizedTest
    @EnumSource(names = {"PAUSE", "STALL_SEEN", "DRAIN"})
    void theSupervisorMayActWhileAWorkerStands(Fault action) {
        assumeTrue(SOAK, "some 100,000 states: only with -Dsoak=true");
        walk(search(1, action, Fault.STOP));
    }

    @Test
    void aStalledWorkerAndADyingOneAtOnceLoseNothing() {
        walk(search(1, Fault.STOP, Fault.EXIT));
    }

    @ParameterizedTest
    @EnumSource
    void noPathWithOneFaultAndAnAttentiveWorkerFails(Fault fault) {
        assumeTrue(SOAK, "many million states: only with -Dsoak=true");
        walk(search(2, fault, Fault.PREEMPTION));
    }

    @Test
    void theSearchFindsAMissingRule() {
        Search search = new Search(2, 1, 2, 2, Map.of(Fault.LANE_CLOSE, 1), true, Set.of(Rule.EOF_TAKES_BACK_BY_CAS));

        List<String> trace = search.all(STATES_AT_MOST).trace();

        assertThat(trace).isNotEmpty();
        assertThat(trace.get(trace.size() - 1)).contains("claimed");
    }

    private static Search search(int window, Fault... faults) {
        Map<Fault, Integer> times = new EnumMap<>(Fault.class);
        for (Fault fault : faults) {
            times.merge(fault, 1, Integer::sum);
            if (fault == Fault.SHUTDOWN_FAILS) {
                times.put(Fault.EARLY_CLOSE, 1);
            }
        }
        boolean wide = faults.length > 1 || WIDE.contains(faults[0]);
        int advances = SOAK ? 3 : wide ? 1 : 2;
        return new Search(2, window, 2, advances, times, true, Set.of());
    }

    private static void walk(Search search) {
        long start = System.nanoTime();
        Search.Found found = search.all(SOAK ? Integer.MAX_VALUE : STATES_AT_MOST);
        System.out.printf(
                "%s, window %d: %,d states, %,d ends, %d ms%n",
                search.faults().keySet(),
                search.window(),
                found.states(),
                found.ends(),
                (System.nanoTime() - start) / 1_000_000);
        assertThat(found.trace()).as("path to a violation").isEmpty();
        assertThat(found.complete()).as("all paths walked").isTrue();
    }
}
