package org.nettycluster.master;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.nettycluster.master.supervise.WorkerOutput;
import org.nettycluster.protocol.WorkerId;

/** The user's output. What it throws costs a line: it must not close the pipe that a worker writes to. Thread safe. */
final class FaultTolerantOutput implements WorkerOutput {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(FaultTolerantOutput.class);

    private final WorkerOutput output;

    FaultTolerantOutput(WorkerOutput output) {
        this.output = output;
    }

    @Override
    @SuppressWarnings("CatchingUnchecked")
    public void line(WorkerId worker, Stream stream, String text) {
        try {
            output.line(worker, stream, text);
        } catch (Throwable e) {
            LOGGER.warn("output of worker {} was lost: {} failed", worker, output, e);
        }
    }
}
