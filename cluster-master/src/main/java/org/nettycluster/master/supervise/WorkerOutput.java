package org.nettycluster.master.supervise;

import org.nettycluster.protocol.WorkerId;

/**
 * Where the lines go that workers print. Called on one thread per worker and stream; a call that blocks makes that
 * worker's next write to its standard output block when the pipe is full.
 */
@FunctionalInterface
public interface WorkerOutput {
    /** The two streams of a process. */
    enum Stream {
        /** Standard output. */
        OUT,
        /** Standard error. */
        ERR
    }

    /** One line, without its end. */
    void line(WorkerId worker, Stream stream, String text);
}
