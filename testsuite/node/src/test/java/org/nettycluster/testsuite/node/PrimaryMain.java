package org.nettycluster.testsuite.node;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.nettycluster.master.ClusterMaster;

/** A master in a JVM of its own, with one worker that serves; the argument says how it ends. */
final class PrimaryMain {
    private PrimaryMain() {}

    public static void main(String... args) throws Exception {
        ClusterMaster master = ClusterMaster.builder()
                .runDirectory(Path.of(args[1]))
                .command(Cluster.jvm(WorkerMain.class).withArguments("serve"))
                .start();
        CountDownLatch listening = new CountDownLatch(1);
        master.onListening((worker, address) -> {
            System.out.println("worker " + worker.pid());
            System.out.println("port " + address.getPort());
            listening.countDown();
        });
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, e) -> Runtime.getRuntime().halt(e instanceof IllegalStateException ? 42 : 1));
        master.fork();
        if (args[0].equals("throw-at-once")) {
            throw new IllegalStateException("right after the fork");
        }
        listening.await();
        switch (args[0]) {
            case "exit" -> System.exit(0);
            case "exit-on-word" -> System.exit(System.in.read());
            case "throw" -> throw new IllegalArgumentException("as this test wants it");
            default -> throw new AssertionError(args[0]);
        }
    }
}
