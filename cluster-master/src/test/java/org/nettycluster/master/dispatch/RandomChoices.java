package org.nettycluster.master.dispatch;

import java.util.Random;

/** Chance, from a seed; each seed has its own mix of faults. */
final class RandomChoices implements Choices {
    private static final int[] ONE_IN = {0, 10, 30, 100};

    private final Random random;
    private final int[] oneIn = new int[Fault.values().length];

    RandomChoices(long seed) {
        random = new Random(seed);
        for (int i = 0; i < oneIn.length; i++) {
            oneIn[i] = ONE_IN[random.nextInt(ONE_IN.length)];
        }
        if (random.nextInt(4) > 0) {
            without(Fault.LISTENER_CLOSE);
        }
        oneIn[Fault.PREEMPTION.ordinal()] = 2 + random.nextInt(8);
    }

    /** Makes this fault likely, or with 0 impossible. */
    RandomChoices with(Fault fault, int oneIn) {
        this.oneIn[fault.ordinal()] = oneIn;
        return this;
    }

    /** Makes these faults likely and all others impossible. */
    RandomChoices only(Fault... faults) {
        for (int i = 0; i < oneIn.length; i++) {
            oneIn[i] = i == Fault.PREEMPTION.ordinal() ? oneIn[i] : 0;
        }
        for (Fault fault : faults) {
            with(fault, 8);
        }
        return this;
    }

    RandomChoices without(Fault... faults) {
        for (Fault fault : faults) {
            with(fault, 0);
        }
        return this;
    }

    @Override
    public int weight(Fault fault) {
        int n = oneIn[fault.ordinal()];
        return n == 0 ? 0 : n <= 10 ? 12 : n <= 30 ? 5 : 2;
    }

    @Override
    public void spend(Fault fault) {
        // Chance forgets.
    }

    @Override
    public int pick(int count, int[] weights) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
        }
        int at = random.nextInt(sum);
        for (int i = 0; ; i++) {
            at -= weights[i];
            if (at < 0) {
                return i;
            }
        }
    }

    @Override
    public boolean happens(Fault fault) {
        int n = oneIn[fault.ordinal()];
        return n != 0 && random.nextInt(n) == 0;
    }

    @Override
    public int below(int bound) {
        return random.nextInt(bound);
    }
}
