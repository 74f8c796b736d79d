package org.nettycluster.cli;

import java.io.PrintStream;
import org.nettycluster.master.supervise.WorkerOutput;
import org.nettycluster.protocol.WorkerId;

/**
 * Shows what workers print, each line behind the name of its worker. Called on many threads: each line is one print, so
 * that lines never mix.
 */
final class PrefixedOutput implements WorkerOutput {
    private final PrintStream out;
    private final PrintStream err;
    private volatile int width;

    /**
     * @param workers size of the fleet: the names of its first generation are aligned, and any longer one widens all
     *     that follow
     */
    PrefixedOutput(int workers, PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
        this.width = new WorkerId(workers, 1).toString().length();
    }

    @Override
    public void line(WorkerId worker, Stream stream, String text) {
        String name = worker.toString();
        if (name.length() > width) {
            // Two threads may race for it; the worst is one line that stands out.
            width = name.length();
        }
        String padding = " ".repeat(Math.max(0, width - name.length()));
        (stream == Stream.OUT ? out : err).println("worker " + name + padding + " | " + text);
    }
}
