package org.nettycluster.master.schedule;

/** Mixes bits so that each of the input decides about each of the result (the finalizer of SplitMix64). */
final class Chance {
    private Chance() {}

    static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /** From 0 to {@code bound - 1}, from the upper half of the bits. */
    static int below(int bound, long mixed) {
        return (int) (((mixed >>> 32) * bound) >>> 32);
    }
}
