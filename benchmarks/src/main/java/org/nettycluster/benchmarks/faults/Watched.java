package org.nettycluster.benchmarks.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.HdrHistogram.Histogram;
import org.nettycluster.benchmarks.load.Ended;

/** Every attempt of a run, kept one by one. Written by the run's loop, read by anybody. */
final class Watched implements Consumer<Ended> {
    private final Predicate<Ended> which;
    private final List<Ended> attempts = new ArrayList<>();

    Watched(Predicate<Ended> which) {
        this.which = which;
    }

    @Override
    public synchronized void accept(Ended ended) {
        if (which.test(ended)) {
            attempts.add(ended);
        }
    }

    synchronized List<Ended> soFar() {
        return List.copyOf(attempts);
    }

    static double millis(long nanos) {
        return nanos / 1e6;
    }

    static double percentile(Histogram histogram, double percentile) {
        return histogram.getTotalCount() == 0 ? 0 : millis(histogram.getValueAtPercentile(percentile));
    }
}
