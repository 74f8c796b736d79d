package org.nettycluster.testsuite;

import java.nio.file.Path;
import org.nettycluster.master.ClusterMaster;
import org.nettycluster.master.ClusterStartException;
import org.nettycluster.protocol.WorkerEnvironment;

/** A master beside its worker: descriptors still cross a socket, but to the process that they came from. */
final class MasterInThisJvm implements Master {
    private final ClusterMaster master;

    MasterInThisJvm(Path runDirectory) throws ClusterStartException {
        this.master = ClusterMaster.builder()
                .runDirectory(runDirectory)
                .shared(Boolean.getBoolean(Master.SHARED))
                .start();
    }

    @Override
    public WorkerEnvironment environment() {
        return master.admit();
    }

    @Override
    public long pid() {
        return ProcessHandle.current().pid();
    }

    @Override
    public void close() {
        master.close();
    }
}
