package org.nettycluster.worker;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import java.util.List;
import org.nettycluster.protocol.MasterLoss;
import org.nettycluster.protocol.WorkerEnvironment;

/**
 * What becomes of a worker whose master is gone. The order: lanes, connections and hooks, server channels, main, exit; and
 * a halt for what hangs anywhere in it. On the control loop; waits nowhere.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class Orphan {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Orphan.class);
    /** How long the program may take to end by itself, once its server channels are closed. */
    private static final Duration MAIN_GRACE = Duration.ofSeconds(1);
    /** What hangs for longer than this beyond the deadline is halted. */
    private static final Duration HALT_GRACE = Duration.ofSeconds(5);

    private final WorkerEnvironment environment;
    private final boolean wholeProcess;

    /** @param wholeProcess this process is the worker, and ends with it */
    Orphan(WorkerEnvironment environment, boolean wholeProcess) {
        this.environment = environment;
        this.wholeProcess = wholeProcess;
    }

    boolean endsAtOnce() {
        return environment.masterLoss() == MasterLoss.EXIT;
    }

    /** @param deadline how long its connections may take */
    void begins(String why, Duration deadline) {
        LOGGER.warn(
                "worker {} has lost its master ({}): it {}",
                environment.worker(),
                why,
                endsAtOnce()
                        ? "ends at once"
                        : "serves what it has received, for " + deadline.toMillis() + " ms at most");
        if (wholeProcess) {
            ProcessEnd.haltAfter(deadline.plus(HALT_GRACE));
        }
    }

    /** Closes all that is open, and exits. */
    void cut(List<ClusterServerChannel> servers) {
        for (ClusterServerChannel server : servers) {
            // The lane closes with it, so that no further child comes.
            server.close();
            server.children().forEach(gate -> gate.child().close());
        }
        if (wholeProcess) {
            ProcessEnd.exitAfter(servers, Duration.ZERO);
        }
    }

    /** The drain is over, its server channels close. */
    void drained(List<ClusterServerChannel> servers) {
        if (wholeProcess) {
            ProcessEnd.exitAfter(servers, MAIN_GRACE);
        }
    }
}
