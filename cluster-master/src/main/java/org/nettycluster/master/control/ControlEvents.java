package org.nettycluster.master.control;

import java.net.SocketAddress;
import org.nettycluster.protocol.WorkerId;

/** What workers have said, for whoever looks after processes. Called on the master's loop; must not block it. */
public interface ControlEvents {
    /** The worker has said Hello and is known. */
    void online(WorkerId worker, long pid);

    /** A server channel of the worker listens here; its lane is open. */
    void listening(WorkerId worker, SocketAddress address);

    /** The worker can serve. */
    void ready(WorkerId worker);

    /** The worker wants to end. */
    void leaving(WorkerId worker);

    /** The worker has ended its last connection, so many of them by force at the deadline. */
    void drained(WorkerId worker, int forced);

    /** A loop of the worker has not moved for a while: it is routed around. Told once. */
    void stalled(WorkerId worker, Stall stall);

    /** All loops of a worker that was stalled move again. */
    void recovered(WorkerId worker);

    /** The control connection has ended, for whatever reason. */
    void disconnected(WorkerId worker);
}
