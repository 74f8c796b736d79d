package org.nettycluster.master.accept;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcceptBudgetTest {
    private final AcceptBudget budget = new AcceptBudget();

    /** As the listener does it, for a backlog that never ends: returns how many a wake-up accepts. */
    private int crowdedWakeUp() {
        int accepted = budget.get();
        if (budget.asksForMore()) {
            int most = budget.more();
            budget.found(most, most);
            accepted += most;
        }
        return accepted;
    }

    private void untilItIs(int size) {
        for (int i = 0; i < 1_000 && budget.get() < size; i++) {
            crowdedWakeUp();
        }
        assertThat(budget.get()).isEqualTo(size);
    }

    @Test
    void oneClientAtATimeIsAcceptedAloneAndAskedForASuccessorAtEverySixthWakeUp() {
        List<Integer> asked = new ArrayList<>();
        for (int i = 1; i <= 18; i++) {
            assertThat(budget.get()).isEqualTo(1);
            if (budget.asksForMore()) {
                asked.add(i);
                budget.found(0, budget.more());
            }
        }
        assertThat(asked).containsExactly(6, 12, 18);
    }

    @Test
    void whoeverWasFoundByALookIsAskedForASuccessorAtTheNextWakeUp() {
        for (int i = 1; i < 6; i++) {
            assertThat(budget.asksForMore()).isFalse();
        }
        assertThat(budget.asksForMore()).isTrue();
        budget.found(1, 1);
        assertThat(budget.asksForMore()).isTrue();
        budget.found(0, 1);
        assertThat(budget.asksForMore()).isFalse();
    }

    @Test
    void growsOnlyWhenEightLooksInARowUseItUp() {
        for (int i = 0; i < 7; i++) {
            budget.found(1, 1);
        }
        budget.found(0, 1);
        for (int i = 0; i < 7; i++) {
            budget.found(1, 1);
        }
        assertThat(budget.get()).isEqualTo(1);
        budget.found(1, 1);
        assertThat(budget.get()).isEqualTo(2);
    }

    @Test
    void neverKeepsTheLoopForMoreThanSixtyFour() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(crowdedWakeUp()).isBetween(1, AcceptBudget.MAX);
        }
        assertThat(budget.get()).isEqualTo(AcceptBudget.MAX).isEqualTo(64);
    }

    @Test
    void fallsToWhatThereWas() {
        untilItIs(32);
        budget.empty(5);
        assertThat(budget.get()).isEqualTo(5);
        budget.empty(0);
        assertThat(budget.get()).isEqualTo(1);
    }
}
