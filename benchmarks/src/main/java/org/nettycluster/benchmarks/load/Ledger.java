package org.nettycluster.benchmarks.load;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Enters how attempts ended. One for the warm-up and one for what counts; the loop of its run owns it. */
final class Ledger {
    /** Who answered, if the answer did not say. */
    static final String UNKNOWN = "unknown";

    private final LoadPlan plan;
    private final Consumer<Ended> observer;
    private final long begin;
    private final Instant beginOnTheWall = Instant.now();
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private final Map<Aside, Long> asides = new EnumMap<>(Aside.class);
    private final Map<String, Long> workers = new TreeMap<>();
    private final List<Failure> failures = new ArrayList<>();
    private final Histogram toBody = new Histogram(3);
    private final Histogram toEof = new Histogram(3);
    private final Histogram lateness = new Histogram(3);
    private long notStarted;
    private @Nullable String whyNotStarted;

    Ledger(LoadPlan plan, Consumer<Ended> observer, long begin) {
        this.plan = plan;
        this.observer = observer;
        this.begin = begin;
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(outcome, 0L);
        }
        for (Aside aside : Aside.values()) {
            asides.put(aside, 0L);
        }
    }

    long begin() {
        return begin;
    }

    /** An attempt starts now. */
    void started(Attempt attempt, long now) {
        lateness.recordValue(Math.max(0, now - attempt.due()));
    }

    void answered(Attempt attempt, long now) {
        toBody.recordValue(now - attempt.due());
    }

    void eof(Attempt attempt, long now) {
        toEof.recordValue(now - attempt.due());
    }

    void aside(Aside aside) {
        asides.merge(aside, 1L, Long::sum);
    }

    void notStarted(String why) {
        notStarted++;
        whyNotStarted = why;
    }

    void ended(Attempt attempt, Outcome outcome, String detail, long now) {
        outcomes.merge(outcome, 1L, Long::sum);
        observer.accept(attempt.asEnded(outcome, now));
        String worker = attempt.worker();
        if (outcome == Outcome.OK) {
            workers.merge(worker == null ? UNKNOWN : worker, 1L, Long::sum);
        } else if (failures.size() < plan.failuresKept()) {
            Duration at = Duration.ofNanos(now - begin);
            failures.add(new Failure(
                    outcome,
                    Duration.ofNanos(attempt.due() - begin),
                    at,
                    beginOnTheWall.plus(at),
                    attempt.port(),
                    worker,
                    attempt.nonce(),
                    detail));
        }
    }

    Report report(long now) {
        return new Report(
                plan,
                beginOnTheWall,
                Duration.ofNanos(now - begin),
                new EnumMap<>(outcomes),
                new EnumMap<>(asides),
                new TreeMap<>(workers),
                toBody.copy(),
                toEof.copy(),
                lateness.copy(),
                List.copyOf(failures),
                notStarted,
                whyNotStarted);
    }
}
