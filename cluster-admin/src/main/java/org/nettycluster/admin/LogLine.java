package org.nettycluster.admin;

import java.time.Instant;
import org.nettycluster.master.supervise.WorkerOutput;
import org.nettycluster.protocol.WorkerId;

/**
 * A line that a worker has printed.
 *
 * @param at when it arrived here
 * @param worker whose it is
 * @param stream where to
 * @param text without the line's end
 */
public record LogLine(Instant at, WorkerId worker, WorkerOutput.Stream stream, String text) {
    boolean isOf(int slot) {
        return slot == 0 || worker.number() == slot;
    }
}
