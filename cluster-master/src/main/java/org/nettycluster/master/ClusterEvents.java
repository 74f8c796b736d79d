package org.nettycluster.master;

import java.net.InetSocketAddress;
import org.nettycluster.master.supervise.WorkerExit;

/**
 * What happens to workers, in Node's words and order: fork, online, listening, disconnect, exit. All methods are called
 * on the supervisor's thread, do nothing by default, and must not block it.
 */
public interface ClusterEvents {
    /** A process was started. */
    default void fork(WorkerProcess worker) {}

    /** It has called the master. */
    default void online(WorkerProcess worker) {}

    /** A server channel of it listens, once for each. */
    default void listening(WorkerProcess worker, InetSocketAddress address) {}

    /** Its control connection has ended. */
    default void disconnect(WorkerProcess worker) {}

    /** Its process has ended. */
    default void exit(WorkerProcess worker, WorkerExit exit) {}
}
