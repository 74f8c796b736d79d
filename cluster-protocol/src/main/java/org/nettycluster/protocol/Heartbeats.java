package org.nettycluster.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The part of a {@link ClaimPage} by which the master can tell a worker that stands from one that is idle, without a
 * system call: 32 longs from byte 256 on.
 *
 * <pre>
 *   0       {@link #WATCHER}: when the worker's own watcher, its control thread, was last alive
 *   1 … 31  a loop that serves this lane or its connections: since when it has been asked for a sign of life;
 *           0: it has given it, or there is no such loop
 * </pre>
 *
 * <p>All are values of {@link System#nanoTime}, CLOCK_MONOTONIC on Linux, which master and worker share; 0 is none. Every
 * {@link #PERIOD} the watcher beats and asks each loop that owes it no answer, by a task that writes the 0. So an idle
 * loop is woken once in a period, and only a loop that stands keeps an old time. A worker without a loop, as one that
 * still starts, has no time at all. The watcher serves drain hooks too: one that blocks it looks as if the whole JVM stood.
 *
 * <p>The worker writes; any thread may read.
 */
public final class Heartbeats {
    /** Of the watcher: the whole JVM stands if its time is old. */
    public static final int WATCHER = 0;
    /** How many there are, the watcher among them; later loops of a larger worker are not watched. */
    public static final int COUNT = 32;
    /** How often the watcher beats and asks. */
    public static final Duration PERIOD = Duration.ofMillis(500);

    private static final int START = 256;
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private ByteBuffer memory;

    Heartbeats(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Worker: the watcher is alive. */
    public void beat(long nanos) {
        set(WATCHER, time(nanos));
    }

    /** Worker: this loop, 1 … 31, is asked for a sign of life. Before it can answer. */
    public void asked(int loop, long nanos) {
        set(checkLoop(loop), time(nanos));
    }

    /** Worker: this loop has answered, or has ended. */
    public void answered(int loop) {
        set(checkLoop(loop), 0);
    }

    /**
     * The time since which {@link #WATCHER} or a loop has given no sign of life. It need not be long ago: compare
     * {@code now - since}, and judge by the difference.
     *
     * @return empty if a loop owes no answer, or there is none; empty for a watcher that has not begun
     */
    public OptionalLong stalledSince(int number) {
        long since = (long) LONG.getVolatile(memory, at(number));
        return since == 0 ? OptionalLong.empty() : OptionalLong.of(since);
    }

    /**
     * Who has stood for longer than {@code limit}, which must be well above {@link #PERIOD}: {@link #WATCHER} for the whole
     * JVM, else the loop that has stood longest.
     *
     * @param now {@link System#nanoTime}
     * @return empty if all is well
     */
    public OptionalInt stalled(long now, Duration limit) {
        int worst = -1;
        long longest = limit.toNanos();
        for (int number = 0; number < COUNT; number++) {
            OptionalLong since = stalledSince(number);
            // A difference: nanoTime may overflow.
            if (since.isPresent() && now - since.getAsLong() > longest) {
                if (number == WATCHER) {
                    return OptionalInt.of(WATCHER);
                }
                worst = number;
                longest = now - since.getAsLong();
            }
        }
        return worst < 0 ? OptionalInt.empty() : OptionalInt.of(worst);
    }

    /** The page is unmapped. */
    void forget() {
        memory = ClaimPage.NOTHING;
    }

    // 0 means none, and a clock may show it.
    private static long time(long nanos) {
        return nanos == 0 ? 1 : nanos;
    }

    private void set(int number, long value) {
        LONG.setVolatile(memory, at(number), value);
    }

    private static int checkLoop(int loop) {
        if (loop == WATCHER) {
            throw new IndexOutOfBoundsException("loop 0 is the watcher");
        }
        return loop;
    }

    private static int at(int number) {
        return START + Objects.checkIndex(number, COUNT) * Long.BYTES;
    }
}
