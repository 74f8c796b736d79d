package org.nettycluster.benchmarks.load;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that did not end well.
 *
 * @param outcome never {@link Outcome#OK}
 * @param due since the counted part began
 * @param at its end, since the counted part began
 * @param when its end, by the clock on the wall
 * @param port of ours; 0 if there never was a connection
 * @param worker who answered it, or had answered before on the same connection; null if not known
 * @param nonce that it carried
 * @param detail in words
 */
public record Failure(
        Outcome outcome,
        Duration due,
        Duration at,
        Instant when,
        int port,
        @Nullable String worker,
        String nonce,
        String detail) {}
