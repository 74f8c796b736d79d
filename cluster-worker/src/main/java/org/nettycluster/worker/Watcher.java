package org.nettycluster.worker;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.Heartbeats;

/**
 * Leaves on each claim page by what the master knows a worker that stands from one that is idle; {@link Heartbeats} says
 * how. On the control loop, whose own life is one of the signs; {@link #watch} and {@link #forget} from any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class Watcher {
    private record Seat(Heartbeats heartbeats, int number) {}

    private final EventLoop control;
    private final IdentityHashMap<ClaimPage, Integer> pages = new IdentityHashMap<>();
    private final Map<EventLoop, Watched> loops = new HashMap<>();
    private @Nullable ScheduledFuture<?> ticks;

    Watcher(EventLoop control) {
        this.control = control;
    }

    /** This loop serves the page's lane or its connections. Once for each of them. */
    void watch(ClaimPage page, EventLoop loop) {
        execute(() -> add(page, loop));
    }

    /** The lane's server channel is closed. */
    void forget(ClaimPage page) {
        execute(() -> {
            pages.remove(page);
            loops.values().forEach(watched -> watched.leave(page.heartbeats()));
            loops.values().removeIf(watched -> watched.seats.isEmpty());
            if (pages.isEmpty() && ticks != null) {
                ticks.cancel(false);
                ticks = null;
            }
        });
    }

    private void add(ClaimPage page, EventLoop loop) {
        int number = pages.merge(page, 1, Integer::sum);
        if (number < Heartbeats.COUNT) {
            loops.computeIfAbsent(loop, Watched::new).seats.add(new Seat(page.heartbeats(), number));
        }
        page.heartbeats().beat(System.nanoTime());
        if (ticks == null) {
            long period = Heartbeats.PERIOD.toMillis();
            // Delay and not rate: after a pause of the JVM no missed ticks are made up for.
            ticks = control.scheduleWithFixedDelay(this::tick, period, period, TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        pages.keySet().forEach(page -> page.heartbeats().beat(now));
        loops.values().removeIf(watched -> !watched.ask(now));
    }

    private void execute(Runnable task) {
        try {
            control.execute(task);
        } catch (RejectedExecutionException e) {
            // The worker is closed, and nobody waits for signs of it.
        }
    }

    /** One loop, on all pages that it serves. On the control loop, but for its answer. */
    private static final class Watched {
        final EventLoop loop;
        final List<Seat> seats = new ArrayList<>();
        private volatile boolean owes;

        Watched(EventLoop loop) {
            this.loop = loop;
        }

        /** False if the loop has ended. */
        boolean ask(long now) {
            if (loop.isShutdown()) {
                seats.forEach(seat -> seat.heartbeats.answered(seat.number));
                return false;
            }
            if (owes) {
                return true;
            }
            owes = true;
            List<Seat> asked = List.copyOf(seats);
            asked.forEach(seat -> seat.heartbeats.asked(seat.number, now));
            try {
                loop.execute(() -> answer(asked));
            } catch (RejectedExecutionException e) {
                answer(asked);
                return false;
            }
            return true;
        }

        // The page first: what is asked next must not be taken for answered.
        private void answer(List<Seat> asked) {
            asked.forEach(seat -> seat.heartbeats.answered(seat.number));
            owes = false;
        }

        void leave(Heartbeats page) {
            seats.removeIf(seat -> seat.heartbeats == page);
        }
    }
}
