package org.nettycluster.testsuite;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Opens connections at a stated rate, whether or not earlier ones have been answered, as users do. A thread of its own
 * keeps the time, one more serves each open connection; what it owns has ended when {@link #stop} returns.
 */
final class OpenLoop {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<Answer>> answers = new ArrayList<>();
    private final Thread clock;
    private volatile boolean stopping;

    private OpenLoop(double perSecond, Question question) {
        long interval = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
        clock = new Thread(() -> keepTime(interval, question), "open-loop");
        clock.start();
    }

    /** What is done with each connection. */
    interface Question {
        /** Asks, number and planned start given. */
        Answer ask(long number, long startedAt);
    }

    static OpenLoop start(double perSecond, Question question) {
        return new OpenLoop(perSecond, question);
    }

    private void keepTime(long interval, Question question) {
        long start = System.nanoTime();
        for (long i = 0; !stopping; i++) {
            long number = i;
            long at = start + i * interval;
            for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            answers.add(threads.submit(() -> question.ask(number, at)));
        }
    }

    /** Opens no more and waits for those that are open. */
    List<Answer> stop() {
        stopping = true;
        try {
            clock.join();
            List<Answer> all = new ArrayList<>();
            for (Future<Answer> answer : answers) {
                all.add(answer.get());
            }
            return all;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("the load failed", e);
        } finally {
            threads.shutdownNow();
        }
    }
}
