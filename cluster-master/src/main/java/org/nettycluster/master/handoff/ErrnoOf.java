package org.nettycluster.master.handoff;

import io.netty.channel.unix.Errors.NativeIoException;
import org.nettycluster.master.dispatch.LanePort.Sent;

/** What the errno of a failed system call means to us. The numbers are Linux's, equal on all its common processors. */
public final class ErrnoOf {
    private static final int ENOMEM = 12;
    private static final int ENFILE = 23;
    private static final int EMFILE = 24;
    private static final int ENOBUFS = 105;
    private static final int ETOOMANYREFS = 109;

    private ErrnoOf() {}

    /** Loads this class while that is possible: the first failure to look at may be that no file can be opened. */
    public static void load() {}

    /** The positive errno of a failure. */
    public static int number(NativeIoException failure) {
        return Math.abs(failure.expectedErr());
    }

    /** Whether accept(2) failed because somebody is out of descriptors or memory, so that trying at once is pointless. */
    public static boolean exhausted(NativeIoException failure) {
        return switch (number(failure)) {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM -> true;
            default -> false;
        };
    }

    static Sent send(NativeIoException failure) {
        return switch (number(failure)) {
            case ETOOMANYREFS, ENOBUFS, ENOMEM -> Sent.STARVED;
            default -> Sent.DEAD;
        };
    }
}
