package org.nettycluster.master;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.nettycluster.master.supervise.WorkerExit;
import org.nettycluster.protocol.messages.ClusterMessage;

/**
 * What happens to workers, in Node's words and order: fork, online, listening, disconnect, exit; and what a fleet makes of
 * it. All methods but {@link #message} are called on the supervisor's thread and must not block it. All do nothing by
 * default.
 */
public interface ClusterEvents {
    /** A process was started. */
    default void fork(WorkerProcess worker) {}

    /** It has called the master. */
    default void online(WorkerProcess worker) {}

    /** A server channel of it listens, once for each. */
    default void listening(WorkerProcess worker, InetSocketAddress address) {}

    /** The same at the path of a unix socket. */
    default void listening(WorkerProcess worker, Path path) {}

    /** It can serve. */
    default void ready(WorkerProcess worker) {}

    /**
     * Its program says something. Called on the thread {@code ncluster-messages}, before the worker's own handlers, and
     * not before {@link #online} has returned; what was said last may come after {@link #disconnect} or {@link #exit}.
     */
    default void message(WorkerProcess worker, ClusterMessage message) {}

    /** Its control connection has ended. */
    default void disconnect(WorkerProcess worker) {}

    /** Its process has ended. */
    default void exit(WorkerProcess worker, WorkerExit exit) {}

    /** A worker of the fleet has crashed, and its slot will have another one after this back-off. */
    default void restarting(int slot, WorkerExit exit, Duration delay) {}

    /** A worker of the fleet has crashed, and its slot has none until it is restarted: so many crashes in short time. */
    default void gaveUp(int slot, WorkerExit exit, int crashes) {}

    /** An event loop of the worker, or its whole JVM, has not moved for a while: it gets no connections meanwhile. */
    default void stalled(WorkerProcess worker, ClusterStatus.Stall stall) {}

    /** All loops of the worker move again. */
    default void recovered(WorkerProcess worker) {}
}
