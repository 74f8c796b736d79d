package org.nettycluster.master.dispatch;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.ClaimWord;

/** The cells of a page as a master would use them that does not know some of the rules. */
final class BrokenCells implements Cells {
    private final Cells cells;
    private final HandoffModel model;
    private final Set<Long> again = new HashSet<>();
    private final TreeSet<Long> pending = new TreeSet<>();
    private final Map<Long, ClaimState> written = new HashMap<>();

    BrokenCells(Cells cells, HandoffModel model) {
        this.cells = cells;
        this.model = model;
    }

    @Override
    public int window() {
        return cells.window();
    }

    @Override
    public long word(long sequence) {
        long word = cells.word(sequence);
        if (model.off(Rule.REVOKED_CELL_WAITS_FOR_RETURNED) && word == ClaimWord.of(sequence, ClaimState.REVOKED)) {
            return ClaimWord.of(sequence, ClaimState.RETURNED);
        }
        if (model.off(Rule.SWEEP_IN_ANY_ORDER) && !model.ending && pending.contains(sequence)) {
            if (pending.first() != sequence) {
                return ClaimWord.of(sequence, written.getOrDefault(sequence, ClaimState.OFFERED));
            }
            ClaimState state = ClaimWord.state(word);
            if (state != null && !state.offered() && state != ClaimState.REVOKED) {
                pending.remove(sequence);
                written.remove(sequence);
            }
        }
        if (again.contains(sequence) && word == ClaimWord.of(sequence, ClaimState.OFFERED)) {
            return ClaimWord.of(sequence, ClaimState.OFFERED_AGAIN);
        }
        return word;
    }

    @Override
    public void offer(long sequence, ClaimState state, byte[] address) {
        pending.add(sequence);
        written.put(sequence, state);
        if (model.off(Rule.AGAIN_IS_SAID) && state == ClaimState.OFFERED_AGAIN) {
            again.add(sequence);
            cells.offer(sequence, ClaimState.OFFERED, address);
        } else {
            again.remove(sequence);
            cells.offer(sequence, state, address);
        }
    }

    @Override
    public void withdraw(long sequence) {
        pending.remove(sequence);
        if (!model.off(Rule.WITHDRAW_AFTER_FAILED_SEND)) {
            cells.withdraw(sequence);
        }
    }

    @Override
    public boolean revoke(long sequence, ClaimState offered) {
        if (model.ending && model.off(Rule.EOF_TAKES_BACK_BY_CAS)) {
            return true;
        }
        boolean won = cells.revoke(sequence, again.contains(sequence) ? ClaimState.OFFERED : offered);
        if (won) {
            written.put(sequence, ClaimState.REVOKED);
        }
        return won;
    }

    @Override
    public void settled(long sequence) {
        cells.settled(sequence);
    }

    @Override
    public boolean wants() {
        return cells.wants();
    }

    @Override
    public long closed() {
        return cells.closed();
    }

    @Override
    public void armEndBell() {
        cells.armEndBell();
    }

    @Override
    public void armBell() {
        cells.armBell();
    }
}
