package org.nettycluster.benchmarks.load;

/** When attempts are due, in nanoseconds from the begin, and whose they are. Pure: asks no clock and hears of no answer. */
interface Arrivals {
    /** The next one. */
    long due();

    /** The client that makes the next one; 0 if clients are all the same. */
    int client();

    /** Goes on to the one after it. */
    void advance();
}
