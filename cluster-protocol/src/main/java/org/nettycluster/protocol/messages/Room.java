package org.nettycluster.protocol.messages;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that may be held at one place at once: so many, or one message, however long. Thread safe. */
final class Room {
    /** Every place has as much. */
    static final int BYTES = 1024 * 1024;

    private final AtomicLong taken = new AtomicLong();

    /** False, and nothing is taken, if there is no room for it. */
    boolean take(int charge) {
        while (true) {
            long before = taken.get();
            if (before > 0 && before + charge > BYTES) {
                return false;
            }
            if (taken.compareAndSet(before, before + charge)) {
                return true;
            }
        }
    }

    void giveBack(int charge) {
        taken.addAndGet(-charge);
    }

    /** As {@link #giveBack}, by somebody who may claim too much. */
    void giveBackAtMost(int charge) {
        taken.updateAndGet(before -> Math.max(0, before - charge));
    }

    /** Whether less than half of it is taken. */
    boolean isHalfFree() {
        return taken.get() < BYTES / 2;
    }

    long taken() {
        return taken.get();
    }
}
