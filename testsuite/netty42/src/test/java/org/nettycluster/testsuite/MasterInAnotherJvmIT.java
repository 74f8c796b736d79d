package org.nettycluster.testsuite;

import io.netty.util.Version;
import java.nio.file.Path;

/** Netty's tests with the master in another JVM, as in production. */
class MasterInAnotherJvmIT extends ServerSocketConformance {
    @Override
    Master start(Path runDirectory) throws Exception {
        return new MasterInAnotherJvm(runDirectory);
    }

    @Override
    ClusterPermutation.Clients clients() {
        return ClusterPermutation.Clients.EPOLL;
    }

    @Override
    int turn() {
        return Version.identify().get("netty-common").artifactVersion().startsWith("4.1.") ? 1 : 2;
    }
}
