package org.nettycluster.protocol;

import io.netty.util.internal.logging.InternalLogger;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.TimeZone;

/**
 * The first line that master and workers log. A line of a log carries a time, and the JDK opens its time zone file for the
 * first one. When descriptors have run out that would fail with an Error, on an event loop: its end. So it is read at start.
 * Stateless; any thread.
 */
public final class FirstLine {
    private FirstLine() {}

    /** Logs at debug that {@code who} starts; the time zone is read at every level. */
    public static void write(InternalLogger logger, String who) {
        logger.debug(
                "{} starts at {}, time zone {}", who, ZonedDateTime.now(ZoneId.systemDefault()), TimeZone.getDefault());
    }
}
