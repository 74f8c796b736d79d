package org.nettycluster.testsuite;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** So many clients, each with one connection after the other: as fast as the servers are. */
final class ClosedLoop {
    private ClosedLoop() {}

    static List<Answer> run(Client client, int clients, int total) {
        AtomicInteger left = new AtomicInteger(total);
        ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            Thread thread = new Thread(
                    () -> {
                        while (left.getAndDecrement() > 0) {
                            answers.add(client.get("/"));
                        }
                    },
                    "client-" + i);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while clients ran", e);
            }
        }
        return List.copyOf(answers);
    }
}
