package org.nettycluster.master.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SlotMachineTest {
    private static final Path PAGE = Path.of("../docs/supervision.md");
    private static final String BEGIN = "<!-- slot machine: begin -->\n";
    private static final String END = "<!-- slot machine: end -->";

    /** Which events each state can see; every other pair is a loud error. */
    private static final Map<SlotState, Set<SlotEvent>> KNOWN = Map.of(
            SlotState.STARTING,
            EnumSet.of(
                    SlotEvent.READY,
                    SlotEvent.LATE,
                    SlotEvent.CRASHED,
                    SlotEvent.BROKE,
                    SlotEvent.LEFT,
                    SlotEvent.DRAIN,
                    SlotEvent.STOP),
            SlotState.READY,
            EnumSet.of(SlotEvent.READY, SlotEvent.CRASHED, SlotEvent.BROKE, SlotEvent.LEFT, SlotEvent.DRAIN),
            SlotState.DRAINING,
            EnumSet.of(SlotEvent.READY, SlotEvent.LEFT, SlotEvent.DRAIN, SlotEvent.DRAINED),
            SlotState.STOPPING,
            EnumSet.of(SlotEvent.READY, SlotEvent.LEFT, SlotEvent.DRAIN, SlotEvent.DRAINED),
            SlotState.BACKING_OFF,
            EnumSet.of(SlotEvent.DUE, SlotEvent.DRAIN),
            SlotState.GAVE_UP,
            EnumSet.of(SlotEvent.DUE, SlotEvent.DRAIN));

    @ParameterizedTest
    @EnumSource
    void everyPairIsInTheTableOrALoudError(SlotState state) {
        for (SlotEvent event : SlotEvent.values()) {
            if (KNOWN.getOrDefault(state, Set.of()).contains(event)) {
                assertThat(SlotMachine.step(state, event)).isNotNull();
            } else {
                assertThat(SlotMachine.knows(state, event)).isFalse();
                assertThatThrownBy(() -> SlotMachine.step(state, event))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("a slot that is " + state + " can't see the event " + event);
            }
        }
    }

    @Test
    void processIsStartedWhereThereIsNoneAndNowhereElse() {
        for (SlotState state : SlotState.values()) {
            for (SlotEvent event : SlotEvent.values()) {
                if (SlotMachine.knows(state, event)
                        && SlotMachine.step(state, event).action() == SlotMachine.Action.START) {
                    assertThat(state).isIn(SlotState.BACKING_OFF, SlotState.GAVE_UP);
                }
            }
        }
    }

    @Test
    void whoDrainsHasNoSuccessor() {
        for (SlotState state : EnumSet.of(SlotState.DRAINING, SlotState.STOPPING)) {
            assertThat(SlotMachine.step(state, SlotEvent.LEFT).next()).isNull();
        }
    }

    /** When it fails, what it expected is what belongs between the marks. */
    @Test
    void manualShowsTheTable() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        assertThat(begin).isGreaterThan(BEGIN.length());
        assertThat(page.substring(begin, end)).isEqualTo(SlotMachine.table());
    }
}
