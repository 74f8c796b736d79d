package org.nettycluster.benchmarks.load;

/** One arrival after the other, in even distances. */
final class SteadyArrivals implements Arrivals {
    private final double interval;
    private long passed;

    SteadyArrivals(double rate) {
        interval = 1e9 / rate;
    }

    @Override
    public long due() {
        return (long) (passed * interval);
    }

    @Override
    public int client() {
        return 0;
    }

    @Override
    public void advance() {
        passed++;
    }
}
