package org.nettycluster.benchmarks.faults;

import java.time.Duration;

/**
 * How a command to a cluster ended.
 *
 * @param exitCode of its process
 * @param output both streams
 * @param took by our clock, from its start to its end
 */
public record CommandResult(int exitCode, String output, Duration took) {
    /** The last line that says something. */
    public String lastLine() {
        String text = output.strip();
        return text.substring(text.lastIndexOf('\n') + 1);
    }
}
