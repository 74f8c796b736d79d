package org.nettycluster.worker;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The children that have a loop and were not claimed when last seen, one for each cell. Netty tells nobody when one of them
 * is closed forcibly before its loop has registered it: no handler is added, and its close future never completes. Its
 * cell would stay offered for ever. Nor does Netty 4.2 tell anybody that epoll_ctl(2) has failed, for want of memory or
 * watches: the child is open and will never be registered.
 *
 * <p>On the lane's loop, which it wakes ten times a second while there is any.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class Unclaimed {
    private static final long LOOK_MILLIS = 100;

    private final EventLoop loop;
    private final Consumer<ClaimGate> lost;
    private final @Nullable ClaimGate[] gates;
    private final boolean[] closedBefore;
    private final int[] looks;
    private boolean looking;

    /** @param lost takes those that are closed and unclaimed */
    Unclaimed(int window, EventLoop loop, Consumer<ClaimGate> lost) {
        this.loop = loop;
        this.lost = lost;
        this.gates = new ClaimGate[window];
        this.closedBefore = new boolean[window];
        this.looks = new int[window];
    }

    void add(ClaimGate gate) {
        // A later offer in the same cell: the earlier one is settled.
        int cell = (int) (gate.sequence() % gates.length);
        gates[cell] = gate;
        closedBefore[cell] = false;
        looks[cell] = 0;
        lookLater();
    }

    private void look() {
        looking = false;
        boolean any = false;
        for (int cell = 0; cell < gates.length; cell++) {
            ClaimGate gate = gates[cell];
            if (gate == null) {
                continue;
            }
            Channel child = gate.child();
            if (gate.claimed() || child.closeFuture().isDone()) {
                gates[cell] = null;
            } else if (closedBefore[cell]) {
                gates[cell] = null;
                lost.accept(gate);
            } else {
                // Twice: its loop may be about to find it closed, and tell the gate.
                closedBefore[cell] = !child.isOpen();
                if (++looks[cell] == 2 && child.isOpen()) {
                    // Once: a loop that stands must not find a heap of questions.
                    gate.closeUnlessRegistered();
                }
                any = true;
            }
        }
        if (any) {
            lookLater();
        }
    }

    private void lookLater() {
        if (!looking && !loop.isShuttingDown()) {
            looking = true;
            loop.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
