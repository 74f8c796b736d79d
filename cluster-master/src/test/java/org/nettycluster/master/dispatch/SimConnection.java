package org.nettycluster.master.dispatch;

import org.jspecify.annotations.Nullable;

/** One client's connection, and every descriptor that refers to it: the truth that no process of the model can see. */
final class SimConnection {
    final int id;
    final Fd dup = new Fd();

    @Nullable
    AcceptedConnection accepted;

    /** Descriptors that are open anywhere: in the master, in a pipe, in a worker. */
    int open = 1;

    /** How often a worker has claimed it. */
    int claims;

    /** Who has claimed it last. */
    @Nullable
    SimWorker claimedBy;

    boolean shutdown;
    boolean closedByWorker;
    boolean abandoned;

    /** A worker that breaks the protocol had it in its hands: what it did with it proves nothing. */
    boolean tainted;

    /** Scratch of {@link Invariants}: open lanes in whose slots it is. */
    int slots;

    SimConnection(int id) {
        this.id = id;
    }

    /** A descriptor of this connection. */
    final class Fd {
        private boolean closed;

        SimConnection connection() {
            return SimConnection.this;
        }

        boolean isOpen() {
            return !closed;
        }

        void close() {
            if (closed) {
                throw new Violation("a descriptor of connection " + id + " is closed twice");
            }
            closed = true;
            open--;
        }
    }

    Fd duplicate() {
        open++;
        return new Fd();
    }

    boolean isWaiting() {
        return dup.isOpen() && slots == 0;
    }

    boolean finSeen() {
        return shutdown || open == 0;
    }

    @Override
    public String toString() {
        return "connection " + id;
    }
}
