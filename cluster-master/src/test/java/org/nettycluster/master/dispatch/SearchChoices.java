package org.nettycluster.master.dispatch;

import java.util.Arrays;

/** One path through all that can happen: what was decided before is repeated, and then the first possibility is taken. */
final class SearchChoices implements Choices {
    private final int[] allowed;
    private final int[] left = new int[Fault.values().length];
    private int[] path = new int[256];
    private int[] possibilities = new int[256];
    private int length;
    private int position;
    private boolean frozen;

    /** @param allowed for each fault, how often it may happen on one path */
    SearchChoices(int... allowed) {
        this.allowed = allowed;
        System.arraycopy(allowed, 0, left, 0, left.length);
    }

    /** Nothing is tried out any more: always the first possibility, and no fault. */
    void freeze() {
        frozen = true;
    }

    @Override
    public boolean isNew() {
        return frozen || position >= length;
    }

    int left(Fault fault) {
        return left[fault.ordinal()];
    }

    int depth() {
        return position;
    }

    /** Turns to the next path; false if all were walked. */
    boolean next() {
        length = position;
        while (length > 0 && path[length - 1] == possibilities[length - 1] - 1) {
            length--;
        }
        if (length == 0) {
            return false;
        }
        path[length - 1]++;
        restart();
        return true;
    }

    /** The same path once more. */
    void restart() {
        position = 0;
        frozen = false;
        System.arraycopy(allowed, 0, left, 0, left.length);
    }

    private int decide(int count) {
        if (frozen || count == 1) {
            return 0;
        }
        if (position == path.length) {
            path = Arrays.copyOf(path, 2 * position);
            possibilities = Arrays.copyOf(possibilities, 2 * position);
        }
        if (position >= length) {
            path[position] = 0;
            possibilities[position] = count;
            length = position + 1;
        } else if (possibilities[position] != count) {
            throw new IllegalStateException("the model does not repeat itself");
        }
        return path[position++];
    }

    @Override
    public int pick(int count, int[] weights) {
        return decide(count);
    }

    @Override
    public boolean happens(Fault fault) {
        if (frozen || left(fault) == 0 || decide(2) == 0) {
            return false;
        }
        spend(fault);
        return true;
    }

    @Override
    public int weight(Fault fault) {
        return left(fault);
    }

    @Override
    public void spend(Fault fault) {
        left[fault.ordinal()]--;
    }

    @Override
    public int below(int bound) {
        return decide(bound);
    }
}
