package org.nettycluster.benchmarks.record;

import java.time.Duration;

/**
 * Stops all threads of this JVM for a while, as a long collection does: one thread counts, without looking up, while
 * another asks for a safepoint. Needs {@code -XX:+UseSerialGC -XX:-UseCountedLoopSafepoints} and the second compiler.
 */
final class Standstill {
    private static final int LEARNING = 20_000_000;
    private static final Duration HEAD_START = Duration.ofMillis(20);

    private static volatile long sink;

    private Standstill() {}

    /** Begins it, and returns when it is over. */
    static void of(Duration length) throws InterruptedException {
        long rounds =
                Math.min(Integer.MAX_VALUE - 8L, (long) (length.plus(HEAD_START).toNanos() * perNano()));
        Thread counting = new Thread(() -> sink = count((int) rounds), "standstill");
        counting.start();
        Thread.sleep(HEAD_START.toMillis());
        System.gc();
        counting.join();
    }

    private static double perNano() {
        long taken = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long begin = System.nanoTime();
            sink = count(LEARNING);
            taken = Math.min(taken, System.nanoTime() - begin);
        }
        return (double) LEARNING / taken;
    }

    private static long count(int rounds) {
        long x = sink + 1;
        for (int i = 0; i < rounds; i++) {
            x = x * 6364136223846793005L + 1442695040888963407L;
            x = (x ^ (x >>> 29)) * 3202034522624059733L;
        }
        return x;
    }
}
