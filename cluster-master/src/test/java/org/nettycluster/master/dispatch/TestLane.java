package org.nettycluster.master.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.ClaimState;
import org.nettycluster.protocol.WorkerId;

/** A lane whose worker the test plays by hand, and whose socket says what the test tells it. */
final class TestLane implements LanePort {
    final ClaimPage page;
    final Lane lane;
    final List<Integer> sent = new ArrayList<>();
    Sent answer = Sent.YES;
    Consumer<Integer> onSend = fd -> {};

    @Nullable
    String closedBecause;

    int failures;
    boolean stopped;

    TestLane(int worker, int window) {
        page = ClaimPage.inMemory(window);
        page.wants(true);
        lane = new Lane(new WorkerId(worker, 0), Cells.of(page), this);
        lane.claimed();
    }

    /** A lane whose worker has never claimed anything. */
    static TestLane unproven(int worker, int window) {
        return new TestLane(new WorkerId(worker, 0), window);
    }

    private TestLane(WorkerId worker, int window) {
        page = ClaimPage.inMemory(window);
        page.wants(true);
        lane = new Lane(worker, Cells.of(page), this);
    }

    @Override
    public boolean isStopped() {
        return stopped;
    }

    @Override
    public Sent send(int fd) {
        if (answer == Sent.YES) {
            sent.add(fd);
            onSend.accept(fd);
        } else {
            failures++;
        }
        return answer;
    }

    @Override
    public void close(String why) {
        closedBecause = why;
    }

    void claim(long sequence) {
        becomes(sequence, ClaimState.CLAIMED);
    }

    void refuse(long sequence) {
        becomes(sequence, ClaimState.REFUSED);
    }

    void giveBack(long sequence) {
        if (!page.transition(sequence, ClaimState.REVOKED, ClaimState.RETURNED)) {
            throw new AssertionError("offer " + sequence + " is not revoked");
        }
    }

    private void becomes(long sequence, ClaimState state) {
        if (!page.transition(sequence, ClaimState.OFFERED, state)
                && !page.transition(sequence, ClaimState.OFFERED_AGAIN, state)) {
            throw new AssertionError("offer " + sequence + " is not open");
        }
    }
}
