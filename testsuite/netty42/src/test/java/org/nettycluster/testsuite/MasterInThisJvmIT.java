package org.nettycluster.testsuite;

import java.nio.file.Path;

/** Netty's tests with the master in the worker's JVM. */
class MasterInThisJvmIT extends ServerSocketConformance {
    @Override
    Master start(Path runDirectory) throws Exception {
        return new MasterInThisJvm(runDirectory);
    }

    @Override
    ClusterPermutation.Clients clients() {
        return ClusterPermutation.Clients.NIO;
    }

    @Override
    int turn() {
        return 0;
    }
}
