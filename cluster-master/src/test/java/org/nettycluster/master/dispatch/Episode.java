package org.nettycluster.master.dispatch;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.schedule.RoundRobin;
import org.nettycluster.master.schedule.Scheduler;

/**
 * One random run of the model: everything about it follows from its seed.
 *
 * @param seed of all chances
 * @param steps before the faults end
 * @param off rules that are not in force
 * @param mix adjusts the faults of the seed
 * @param window cells of a lane, 0: by chance
 * @param refusers how many of the first workers refuse everything
 * @param limits of connections
 * @param scheduler made anew for each run from its seed
 */
record Episode(
        long seed,
        int steps,
        Set<Rule> off,
        UnaryOperator<RandomChoices> mix,
        int window,
        int refusers,
        ConnectionLimits limits,
        LongFunction<Scheduler> scheduler) {
    private static final LongFunction<Scheduler> ROUND_ROBIN = seed -> new RoundRobin();

    Episode(long seed, int steps, Set<Rule> off, UnaryOperator<RandomChoices> mix, int window, int refusers) {
        this(seed, steps, off, mix, window, refusers, ConnectionLimits.NONE, ROUND_ROBIN);
    }

    /** All rules, any faults. */
    static Episode of(long seed, int steps) {
        return new Episode(seed, steps, EnumSet.noneOf(Rule.class), mix -> mix, 0, 0);
    }

    /** All rules, any faults, and so few connections at once that the limits matter. */
    static Episode limited(long seed, int steps, Set<Rule> off) {
        Random shape = new Random(~seed * 31);
        int perWorker = shape.nextInt(3);
        int total = perWorker == 0 || shape.nextBoolean() ? 1 + shape.nextInt(4) : 0;
        ConnectionLimits limits = new ConnectionLimits(perWorker, total, Overload.WAIT);
        return new Episode(seed, steps, off, mix -> mix, 0, 0, limits, ROUND_ROBIN);
    }

    /** The same with another scheduler. */
    Episode scheduledBy(LongFunction<Scheduler> other) {
        return new Episode(seed, steps, off, mix, window, refusers, limits, other);
    }

    /** How it ended: null is well. */
    record Outcome(@Nullable Violation violation, long steps, List<String> trace) {}

    Outcome play(boolean traced) {
        Random shape = new Random(~seed);
        int cells = window != 0 ? window : 1 + shape.nextInt(shape.nextBoolean() ? 2 : 8);
        int capacity = shape.nextInt(4) == 0 ? 1 + shape.nextInt(cells) : cells;
        int lanes = 1 + shape.nextInt(3);
        RandomChoices chance = mix.apply(new RandomChoices(seed));
        long coldFor = seed % 4 == 3 ? HandoffModel.COLD_PATIENCE : 0;
        HandoffModel model = new HandoffModel(chance, off, cells, capacity, limits, coldFor, scheduler.apply(seed));
        if (traced) {
            model.traced();
            model.trace("seed %d: %d lanes of %d cells, %d messages fit a pipe", seed, lanes, cells, capacity);
        }
        Actions actions = new Actions(model, Integer.MAX_VALUE, lanes + 1, Integer.MAX_VALUE);
        long done = 0;
        try {
            for (int i = 0; i < lanes; i++) {
                model.newLane().refusesAlways = i < refusers;
            }
            for (; done < steps && actions.step(); done++) {
                if (done % 128 == 127 && shape.nextInt(4) == 0) {
                    rest(model, actions);
                }
            }
            new Finale(model, actions).play(shape.nextBoolean());
            return new Outcome(null, done, model.traceLines());
        } catch (Violation e) {
            model.trace("=> %s", e.getMessage());
            return new Outcome(e, done, model.traceLines());
        }
    }

    /** All stalls end, and what can be done without time is done: then nothing may lie unseen. */
    private static void rest(HandoffModel model, Actions actions) {
        model.trace("--- all stalls end");
        for (SimWorker worker : model.workers) {
            worker.stopped = false;
            for (SimWorker.Loop loop : worker.loops) {
                loop.blocked = false;
            }
        }
        actions.drain();
        model.invariants.checkNothingUnseen();
    }
}
