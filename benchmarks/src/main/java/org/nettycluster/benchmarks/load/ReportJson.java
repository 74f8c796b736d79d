package org.nettycluster.benchmarks.load;

import java.time.Duration;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/** Spells a report as a JSON line; stateless. */
final class ReportJson {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9};

    private ReportJson() {}

    static String of(Report report) {
        return JsonLine.object(line -> write(report, line));
    }

    private static void write(Report report, JsonLine line) {
        LoadPlan plan = report.plan();
        Duration bound = plan.bound();
        line.put("mode", plan.mode().key())
                .put("url", plan.uri().toString())
                .put("rate", plan.meanRate())
                .put("began", report.began().toString())
                .put("seconds", report.took().toNanos() / 1e9)
                .put("void", report.isVoid());
        report.voidBecause().ifPresent(why -> line.put("void_because", why));
        if (bound != null) {
            line.put("bound_ms", bound.toNanos() / 1e6);
        }
        line.put("attempts", report.attempts())
                .put(
                        "outcomes",
                        outcomes -> report.outcomes().forEach((outcome, count) -> outcomes.put(outcome.key(), count)))
                .put("not_started", report.notStarted())
                .put("body_ms", latency(report.toBody(), report.lateness()))
                .put("eof_ms", latency(report.toEof(), report.lateness()));
        report.asides().forEach((aside, count) -> line.put(aside.key(), count));
        line.put("workers", workers -> report.workers().forEach(workers::put))
                .put("failures", report.failures(), ReportJson::failure)
                .put("failures_left_out", report.failuresLeftOut());
        if (plan.mode() == Mode.KEEP_ALIVE) {
            line.put("seed", plan.seed());
        }
    }

    private static Consumer<JsonLine> latency(Histogram histogram, Histogram lateness) {
        return line -> {
            line.put("count", histogram.getTotalCount());
            if (histogram.getTotalCount() > 0) {
                for (double percentile : PERCENTILES) {
                    String name = percentile == Math.rint(percentile) ? "" + (int) percentile : "" + percentile;
                    line.put("p" + name, millis(histogram.getValueAtPercentile(percentile)));
                }
                line.put("max", millis(histogram.getMaxValue()));
            }
            line.put("lateness_p99", millis(lateness.getValueAtPercentile(99)))
                    .put("lateness_max", millis(lateness.getMaxValue()));
        };
    }

    private static void failure(JsonLine line, Failure failure) {
        line.put("outcome", failure.outcome().key())
                .put("due_ms", failure.due().toNanos() / 1e6)
                .put("at_ms", failure.at().toNanos() / 1e6)
                .put("when", failure.when().toString())
                .put("port", failure.port())
                .put("worker", failure.worker())
                .put("nonce", failure.nonce())
                .put("detail", failure.detail());
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }
}
