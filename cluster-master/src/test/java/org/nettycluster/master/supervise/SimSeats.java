package org.nettycluster.master.supervise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerId;

/** Processes, timers and a clock that exist in memory only, and a record of what the fleet has asked for. */
final class SimSeats implements Seats {
    final List<String> done = new ArrayList<>();
    final Map<WorkerId, Integer> alive = new LinkedHashMap<>();
    final List<String> progress = new ArrayList<>();
    final List<Integer> vacated = new ArrayList<>();

    BiConsumer<WorkerId, Integer> onStart = (worker, release) -> {};
    Consumer<WorkerId> onDrain = worker -> {};
    Consumer<WorkerId> onEnd = worker -> {};

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::number));
    private long now = 1_000_000;
    private long number;

    private record Timer(long at, long number, Runnable task) {}

    @Override
    public long now() {
        return now;
    }

    @Override
    public void after(Duration delay, Runnable task) {
        timers.add(new Timer(now + delay.toNanos(), number++, task));
    }

    /** Time passes, and what is due happens. */
    void pass(Duration time) {
        long end = now + time.toNanos();
        for (Timer next = timers.peek(); next != null && next.at <= end; next = timers.peek()) {
            timers.remove();
            now = next.at;
            next.task.run();
        }
        now = end;
    }

    List<String> done() {
        List<String> news = List.copyOf(done);
        done.clear();
        return news;
    }

    List<String> progress() {
        List<String> news = List.copyOf(progress);
        progress.clear();
        return news;
    }

    @Override
    public void start(WorkerId worker, int release) {
        if (alive.put(worker, release) != null) {
            throw new AssertionError(worker + " is started twice");
        }
        done.add("start " + worker + " of release " + release);
        onStart.accept(worker, release);
    }

    @Override
    public void drain(WorkerId worker) {
        done.add("drain " + worker);
        onDrain.accept(worker);
    }

    @Override
    public void end(WorkerId worker) {
        done.add("end " + worker);
        onEnd.accept(worker);
    }

    @Override
    public void vacate(int slot) {
        vacated.add(slot);
    }

    @Override
    public void allReady() {
        done.add("all ready");
    }

    @Override
    public void cannotStart(WorkerId worker, String why) {
        done.add("cannot start: " + why);
    }

    @Override
    public void restarting(int slot, WorkerExit exit, Duration delay) {
        done.add("slot " + slot + " waits " + delay.toMillis() + " ms after " + exit);
    }

    @Override
    public void gaveUp(int slot, WorkerExit exit, int crashes) {
        done.add("slot " + slot + " gave up after " + crashes + " crashes, " + exit);
    }

    @Override
    public void progress(int slot, @Nullable WorkerId from, WorkerId to, ReloadStep step) {
        progress.add(slot + ": " + from + " -> " + to + " " + step);
    }
}
