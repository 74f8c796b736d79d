package org.nettycluster.cli.programs;

import java.util.List;
import org.nettycluster.master.schedule.Arrival;
import org.nettycluster.master.schedule.Candidate;
import org.nettycluster.master.schedule.Scheduler;

/** Schedulers for the command, and what is none. */
public final class Schedulers {
    private Schedulers() {}

    /** Always slot 1, while it has a free cell. */
    public static final class TheFirst implements Scheduler {
        @Override
        public int next(List<? extends Candidate> candidates, Arrival arrival) {
            for (int i = 0; i < candidates.size(); i++) {
                if (candidates.get(i).worker().number() == 1
                        && candidates.get(i).freeCells() > 0) {
                    return i;
                }
            }
            return 0;
        }
    }

    /** Fails when it is asked. */
    public static final class Fails implements Scheduler {
        @Override
        public int next(List<? extends Candidate> candidates, Arrival arrival) {
            throw new IllegalStateException("lots are out");
        }
    }

    /** Implements nothing. */
    public static final class NoScheduler {}

    /** Fails when it is made. */
    public static final class NeverMade implements Scheduler {
        public NeverMade() {
            throw new IllegalStateException("no configuration\nwhatever comes behind");
        }

        @Override
        public int next(List<? extends Candidate> candidates, Arrival arrival) {
            return WAIT;
        }
    }

    /** Fails before it is made. */
    public static final class BadStart implements Scheduler {
        private static final int NUMBER = Integer.parseInt("none");

        @Override
        public int next(List<? extends Candidate> candidates, Arrival arrival) {
            return NUMBER;
        }
    }

    /** Wants to be told something. */
    public record NeedsArgument(int number) implements Scheduler {
        @Override
        public int next(List<? extends Candidate> candidates, Arrival arrival) {
            return number;
        }
    }

    /** Can't be made. */
    public abstract static class Unfinished implements Scheduler {
        public Unfinished() {}
    }
}
