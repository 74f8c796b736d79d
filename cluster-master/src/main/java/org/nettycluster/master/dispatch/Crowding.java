package org.nettycluster.master.dispatch;

import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Whether threads queue for the processors of this machine, so that a worker may be late though nothing stands in it.
 * Pure; one for each {@link Dispatcher}, since each listener has a clock of its own, which stands at other times.
 *
 * <p>It asks only when a {@link Dispatcher} asks it, which is when somebody seems late, and it takes the mean of what it was
 * told in the last {@value #REMEMBERED} answers: a moment in which many run says little.
 */
public final class Crowding {
    /** Where nobody can tell. */
    public static final Crowding UNKNOWN = new Crowding(1, () -> -1);

    /** Threads that run or wait to, for each processor, from which on the last of them waits out of proportion. */
    private static final int MANY = 3;

    private static final int REMEMBERED = 5;
    /** Nanoseconds for which an answer is good enough. */
    private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(5);
    /** Nanoseconds after which an answer is of no use. */
    private static final long STALE = TimeUnit.MILLISECONDS.toNanos(40);

    private final long processors;
    private final IntSupplier runnable;
    private final long[] counts = new long[REMEMBERED];
    private final long[] times = new long[REMEMBERED];
    private int next;
    private int known;

    /**
     * @param processors of the machine, at least 1
     * @param runnable how many threads run or wait for one of them now, without the one that asks; negative for unknown
     */
    public Crowding(int processors, IntSupplier runnable) {
        this.processors = processors;
        this.runnable = runnable;
    }

    /** Whether there is a crowd. */
    boolean lasts(long now) {
        if (known == 0 || now - times[(next + REMEMBERED - 1) % REMEMBERED] >= FRESH) {
            counts[next] = runnable.getAsInt();
            times[next] = now;
            next = (next + 1) % REMEMBERED;
            known = Math.min(REMEMBERED, known + 1);
        }
        long sum = 0;
        long answers = 0;
        for (int i = 0; i < known; i++) {
            if (now - times[i] < STALE) {
                sum += counts[i];
                answers++;
            }
        }
        return sum > MANY * processors * answers;
    }
}
