package org.nettycluster.master.accept;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AcceptBudgetTest {
    private final AcceptBudget budget = new AcceptBudget();

    private void usedUp(int times) {
        for (int i = 0; i < times; i++) {
            budget.usedUp();
        }
    }

    @Test
    void oneClientAtATimeCostsNoCallInVain() {
        assertThat(budget.get()).isEqualTo(1);
    }

    @Test
    void growsOnlyWhenItIsUsedUpEightTimesInARow() {
        usedUp(7);
        budget.empty(1);
        usedUp(7);
        assertThat(budget.get()).isEqualTo(1);
        usedUp(1);
        assertThat(budget.get()).isEqualTo(2);
    }

    @Test
    void neverKeepsTheLoopForMoreThanSixtyFour() {
        usedUp(8 * 20);
        assertThat(budget.get()).isEqualTo(AcceptBudget.MAX).isEqualTo(64);
    }

    @Test
    void fallsToWhatThereWas() {
        usedUp(8 * 5);
        assertThat(budget.get()).isEqualTo(32);
        budget.empty(5);
        assertThat(budget.get()).isEqualTo(5);
        budget.empty(0);
        assertThat(budget.get()).isEqualTo(1);
    }
}
