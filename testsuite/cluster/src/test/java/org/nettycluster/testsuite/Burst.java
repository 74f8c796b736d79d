package org.nettycluster.testsuite;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many connections at one moment, a thread for each. */
final class Burst implements AutoCloseable {
    private final ExecutorService threads;
    private final CountDownLatch started = new CountDownLatch(1);
    private final List<Future<Answer>> answers = new ArrayList<>();

    private Burst(Client client, int size) {
        threads = Executors.newFixedThreadPool(size);
        for (int i = 0; i < size; i++) {
            String nonce = "nonce-" + i;
            answers.add(threads.submit(() -> {
                started.await();
                return client.echo(nonce, System.nanoTime());
            }));
        }
    }

    /** Ready to go. */
    static Burst of(Client client, int size) {
        return new Burst(client, size);
    }

    void go() {
        started.countDown();
    }

    /** Waits for all of them. */
    List<Answer> answers() {
        List<Answer> all = new ArrayList<>();
        for (Future<Answer> answer : answers) {
            try {
                all.add(answer.get());
            } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError("a client failed", e);
            }
        }
        return all;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
