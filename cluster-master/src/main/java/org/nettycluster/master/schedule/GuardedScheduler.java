package org.nettycluster.master.schedule;

import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a {@link Scheduler} that somebody else has written: what it throws, and answers that it may not give, are
 * told, and round robin decides instead. On the dispatcher's thread.
 *
 * <p>The first fault is told, the 10th, the 100th and so on, so a scheduler that is always wrong fills no log. One that
 * does not return can't be helped: it stops the master.
 */
public final class GuardedScheduler implements Scheduler {
    private static final int MORE_RARELY = 10;

    private final Scheduler scheduler;
    private final BiConsumer<String, @Nullable Throwable> complaints;
    private final RoundRobin instead = new RoundRobin();
    private long faults;
    private long nextTold = 1;

    /**
     * Guards one scheduler.
     *
     * @param scheduler not trusted
     * @param complaints takes a sentence, and what was thrown if anything was
     */
    public GuardedScheduler(Scheduler scheduler, BiConsumer<String, @Nullable Throwable> complaints) {
        this.scheduler = scheduler;
        this.complaints = complaints;
    }

    @Override
    @SuppressWarnings("CatchingUnchecked")
    public int next(List<? extends Candidate> candidates, Arrival arrival) {
        try {
            int answer = scheduler.next(candidates, arrival);
            if (isAllowed(answer, candidates)) {
                return answer;
            }
            complain(describe(answer, candidates), null);
        } catch (Throwable e) {
            complain("failed", e);
        }
        return instead.next(candidates, arrival);
    }

    @Override
    @SuppressWarnings("CatchingUnchecked")
    public double weight(Candidate candidate) {
        try {
            double weight = scheduler.weight(candidate);
            if (weight > 0 && weight < Double.POSITIVE_INFINITY) {
                return weight;
            }
            complain("said that worker " + candidate.worker() + " weighs " + weight, null);
        } catch (Throwable e) {
            complain("failed", e);
        }
        return instead.weight(candidate);
    }

    private static boolean isAllowed(int answer, List<? extends Candidate> candidates) {
        if (answer != WAIT) {
            return answer >= 0
                    && answer < candidates.size()
                    && candidates.get(answer).freeCells() > 0;
        }
        for (Candidate candidate : candidates) {
            if (candidate.freeCells() == 0) {
                return true;
            }
        }
        return false;
    }

    private static String describe(int answer, List<? extends Candidate> candidates) {
        if (answer == WAIT) {
            return "waits although no candidate is full";
        }
        return answer < 0 || answer >= candidates.size()
                ? "answered " + answer + " to " + candidates.size() + " candidates"
                : "chose worker " + candidates.get(answer).worker() + ", which has no free cell";
    }

    private void complain(String what, @Nullable Throwable cause) {
        faults++;
        if (faults == nextTold) {
            nextTold *= MORE_RARELY;
            complaints.accept(
                    "scheduler " + scheduler.getClass().getName() + " " + what
                            + ": round robin decides instead; faults so far " + faults + ", told again at " + nextTold,
                    cause);
        }
    }

    @Override
    public String toString() {
        return "guarded " + scheduler.getClass().getName();
    }
}
