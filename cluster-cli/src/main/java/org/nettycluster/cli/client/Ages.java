package org.nettycluster.cli.client;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Lengths of time as people say them: the two largest units that matter. */
final class Ages {
    private Ages() {}

    /** Since a moment that was sent; a dash if none was. */
    static String since(String moment, Instant now) {
        try {
            return text(Duration.between(Instant.parse(moment), now));
        } catch (DateTimeParseException e) {
            return "-";
        }
    }

    static String text(Duration length) {
        long seconds = Math.max(0, length.toSeconds());
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return pair(seconds / 60, "m", seconds % 60, "s");
        }
        return seconds < 86_400
                ? pair(seconds / 3600, "h", seconds % 3600 / 60, "m")
                : pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
    }

    private static String pair(long large, String unit, long small, String smallUnit) {
        return large + unit + (small == 0 ? "" : " " + small + smallUnit);
    }
}
