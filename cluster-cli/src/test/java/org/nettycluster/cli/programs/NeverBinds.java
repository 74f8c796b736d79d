package org.nettycluster.cli.programs;

import java.util.concurrent.CountDownLatch;

/** Lives, and never has a server channel. */
public final class NeverBinds {
    private NeverBinds() {}

    public static void main(String... args) throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
