package org.nettycluster.worker;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.nettycluster.protocol.WorkerEnvironment;

/**
 * Whether this process is a worker: the variables are set, and the master that they name is our parent. A grandchild
 * inherits the variables, but not the role. Immutable.
 *
 * <p>A master may be killed while this process still starts. Then our parent is another one, but we are no grandchild: a worker
 * without a master must not begin to serve the port by itself, for nobody would ever stop it.
 */
final class WorkerRole {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(WorkerRole.class);

    private WorkerRole() {}

    /** The role of this process, decided once. */
    static Optional<WorkerEnvironment> own() {
        return Own.ROLE;
    }

    /**
     * @param isAlive whether there is a process of this number
     * @throws IllegalArgumentException if the variables are set, but not all, or not well
     */
    static Optional<WorkerEnvironment> of(Map<String, String> variables, long parentPid, LongPredicate isAlive) {
        Optional<WorkerEnvironment> named = WorkerEnvironment.read(variables);
        if (named.isEmpty() || named.get().masterPid() == parentPid) {
            return named;
        }
        if (!isAlive.test(named.get().masterPid())) {
            LOGGER.warn(
                    "{}={} has ended, and our parent is pid {}: this worker has nobody to work for",
                    WorkerEnvironment.MASTER_PID,
                    named.get().masterPid(),
                    parentPid);
            return named;
        }
        LOGGER.info(
                "{}={} is not our parent (pid {}): this process runs alone",
                WorkerEnvironment.MASTER_PID,
                named.get().masterPid(),
                parentPid);
        return Optional.empty();
    }

    /** Who was killed stays in the table of processes until its own parent asks for its end: proc(5), states Z and X. */
    static boolean lives(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state != 'Z' && state != 'X';
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException | RuntimeException e) {
            // It has ended while we read, or we may not look.
            return ProcessHandle.of(pid).isPresent();
        }
    }

    private static final class Own {
        static final Optional<WorkerEnvironment> ROLE = of(
                System.getenv(),
                ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L),
                WorkerRole::lives);
    }
}
