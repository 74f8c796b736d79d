package org.nettycluster.testsuite;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.worker.ClusterWorker;

/**
 * This JVM as the worker of a master, for as long as its tests run.
 *
 * <p>Sockets are counted here and in the master's process, before the worker connects and after it has left: what is
 * still open then was leaked by a hand-off.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TestedWorker {
    private @Nullable Master master;
    private @Nullable OpenSockets masterSockets;
    private @Nullable OpenSockets workerSockets;
    private @Nullable ClusterWorker worker;
    private @Nullable ClusterPermutation permutation;

    abstract Master start(Path runDirectory) throws Exception;

    abstract ClusterPermutation.Clients clients();

    @BeforeAll
    final void connect(@TempDir Path directory) throws Exception {
        Master started = start(directory.resolve("run"));
        master = started;
        masterSockets = OpenSockets.of(started.pid());
        workerSockets = OpenSockets.of(ProcessHandle.current().pid());
        worker = ClusterWorker.connect(started.environment());
        permutation = new ClusterPermutation(worker, clients());
    }

    @AfterAll
    final void leaveNoSocketBehind() throws Exception {
        try {
            if (permutation != null && worker != null) {
                permutation.close();
                worker.close();
            }
            if (permutation != null && workerSockets != null && masterSockets != null) {
                workerSockets.assertBack(permutation.serverPorts());
                masterSockets.assertBack(permutation.serverPorts());
            }
        } finally {
            if (master != null) {
                master.close();
            }
        }
    }

    final ClusterPermutation permutation() {
        return Objects.requireNonNull(permutation);
    }
}
