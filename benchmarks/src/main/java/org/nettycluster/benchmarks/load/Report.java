package org.nettycluster.benchmarks.load;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What came of the counted part of a run. Latencies are in nanoseconds from the moment at which an attempt was due.
 *
 * @param plan what was to be done
 * @param began when counting began
 * @param took from then to the end of the last attempt
 * @param outcomes attempts by their end, every outcome named
 * @param asides what else was counted, every aside named
 * @param workers good answers by who gave them
 * @param toBody to the complete answer, right or wrong
 * @param toEof from a complete answer's start to the end of its connection; empty where connections stay
 * @param lateness of our own starts: from due to started
 * @param failures one by one, as many as were to be kept
 * @param notStarted attempts that failed for a reason on our side; no part of {@code outcomes}
 * @param whyNotStarted the last such reason
 */
public record Report(
        LoadPlan plan,
        Instant began,
        Duration took,
        Map<Outcome, Long> outcomes,
        Map<Aside, Long> asides,
        Map<String, Long> workers,
        Histogram toBody,
        Histogram toEof,
        Histogram lateness,
        List<Failure> failures,
        long notStarted,
        @Nullable String whyNotStarted) {
    /** Nobody changes it any more. */
    public Report {
        outcomes = Collections.unmodifiableMap(outcomes);
        asides = Collections.unmodifiableMap(asides);
        workers = Collections.unmodifiableMap(workers);
        failures = List.copyOf(failures);
    }

    /** All of them, the sum of the outcomes. */
    public long attempts() {
        return outcomes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many ended so. */
    public long count(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0L);
    }

    /** How often that happened. */
    public long count(Aside aside) {
        return asides.getOrDefault(aside, 0L);
    }

    /** Attempts that did not end well. */
    public long failed() {
        return attempts() - count(Outcome.OK);
    }

    /** Failures that are only counted. */
    public long failuresLeftOut() {
        return failed() - failures.size();
    }

    /** Our ports of the attempts that failed so, as far as they are kept and had one. */
    public List<Integer> failedPorts(Outcome outcome) {
        return failures.stream()
                .filter(failure -> failure.outcome() == outcome && failure.port() != 0)
                .map(Failure::port)
                .collect(Collectors.toList());
    }

    /** Why these figures must not be used; empty if they may. */
    public Optional<String> voidBecause() {
        if (notStarted > 0) {
            return Optional.of(notStarted + " attempts could not be made on our side: " + whyNotStarted);
        }
        if (attempts() == 0) {
            return Optional.of("no attempt was counted");
        }
        Duration bound = plan.bound();
        long late = lateness.getValueAtPercentile(99);
        if (bound != null && late > bound.toNanos() / 2) {
            return Optional.of("our own p99 lateness of " + late / 1_000 + " us exceeds half of the bound of "
                    + bound.toNanos() / 1_000 + " us");
        }
        return Optional.empty();
    }

    /** Whether these figures must not be used. */
    public boolean isVoid() {
        return voidBecause().isPresent();
    }

    /** One JSON line; benchmarks/README.md says what is in it. */
    public String json() {
        return ReportJson.of(this);
    }
}
