package org.nettycluster.testsuite;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * How one connection ended, in exactly one way.
 *
 * @param outcome the way
 * @param detail what the exception said, or the wrong answer; empty where it is well
 * @param pid process that answered; 0 if none did
 * @param startedAt when it should have started, by {@link System#nanoTime}: a late start counts as waiting
 * @param bodyNanos from there to the last byte of the answer
 * @param eofNanos from there to the end of the connection
 */
record Answer(Outcome outcome, String detail, long pid, long startedAt, long bodyNanos, long eofNanos) {
    /** The ways. */
    enum Outcome {
        OK,
        REFUSED,
        RESET,
        TIMEOUT,
        WRONG
    }

    boolean ok() {
        return outcome == Outcome.OK;
    }

    static List<Answer> failed(List<Answer> answers) {
        return answers.stream().filter(answer -> !answer.ok()).toList();
    }

    /** How many connections each process has answered. */
    static Map<Long, Long> perProcess(List<Answer> answers) {
        return answers.stream()
                .filter(Answer::ok)
                .collect(Collectors.groupingBy(Answer::pid, TreeMap::new, Collectors.counting()));
    }

    /** Times to the body and to the end, for whoever reads the log. */
    static String times(List<Answer> answers) {
        return answers.size() + " answers, to the body " + quantiles(answers, Answer::bodyNanos) + ", to the end "
                + quantiles(answers, Answer::eofNanos);
    }

    private static String quantiles(List<Answer> answers, ToLongFunction<Answer> time) {
        long[] sorted = answers.stream().mapToLong(time).sorted().toArray();
        if (sorted.length == 0) {
            return "none";
        }
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p99 %.1f ms, max %.1f ms",
                sorted[sorted.length / 2] / 1e6,
                sorted[(int) (sorted.length * 0.99)] / 1e6,
                sorted[sorted.length - 1] / 1e6);
    }
}
