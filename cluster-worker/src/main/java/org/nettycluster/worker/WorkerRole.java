package org.nettycluster.worker;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.Map;
import java.util.Optional;
import org.nettycluster.protocol.WorkerEnvironment;

/**
 * Whether this process is a worker: the variables are set, and the master that they name is our parent. A grandchild
 * inherits the variables, but not the role. Immutable.
 */
final class WorkerRole {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(WorkerRole.class);

    private WorkerRole() {}

    /** The role of this process, decided once. */
    static Optional<WorkerEnvironment> own() {
        return Own.ROLE;
    }

    /** @throws IllegalArgumentException if the variables are set, but not all, or not well */
    static Optional<WorkerEnvironment> of(Map<String, String> variables, long parentPid) {
        Optional<WorkerEnvironment> named = WorkerEnvironment.read(variables);
        if (named.isPresent() && named.get().masterPid() != parentPid) {
            LOGGER.info(
                    "{}={} is not our parent (pid {}): this process runs alone",
                    WorkerEnvironment.MASTER_PID,
                    named.get().masterPid(),
                    parentPid);
            return Optional.empty();
        }
        return named;
    }

    private static final class Own {
        static final Optional<WorkerEnvironment> ROLE = of(
                System.getenv(),
                ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L));
    }
}
