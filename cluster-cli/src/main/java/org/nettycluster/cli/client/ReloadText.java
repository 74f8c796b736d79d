package org.nettycluster.cli.client;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nettycluster.admin.JsonObject;

/** What a reload says of itself while it runs, a line for each step, and how it ended. Used by one thread. */
final class ReloadText {
    private final String name;
    private @Nullable JsonObject last;

    ReloadText(String name) {
        this.name = name;
    }

    /** One line that has come, for a person; null if it is the report, which {@link #end} puts into words. */
    @Nullable
    String line(JsonObject line) {
        last = line;
        String to = "worker " + line.text("to");
        String from = line.text("from").isEmpty() ? "" : "worker " + line.text("from");
        String old = from.isEmpty() ? "" : "; " + from + " serves on";
        return switch (line.text("step")) {
            case "" -> null;
            case "starting" -> to + " is starting" + old;
            case "ready" -> to + " is ready";
            case "baking" -> to + " takes connections on trial" + old;
            case "draining" -> from + " is draining";
            case "done" -> "slot " + line.number("slot") + " is done: " + to + " alone serves";
            case "failed" -> to + " failed" + old;
            default -> to + ": " + line.text("step");
        };
    }

    /**
     * How it went.
     *
     * @throws ClientException if it did not go well
     */
    String end() throws ClientException {
        JsonObject report = last;
        if (report == null || (!report.has("outcome") && !report.has("error"))) {
            throw new ClientException(ClientException.FAILED, "the master of " + name + " ended before the reload did");
        }
        if (report.has("error")) {
            throw new ClientException(
                    ClientException.FAILED,
                    report.text("error") + ": " + report.text("wayOut"),
                    report.texts("lastLines"));
        }
        String time = seconds(report.number("durationMillis"));
        if (!report.text("outcome").equals("done")) {
            throw new ClientException(
                    ClientException.FAILED,
                    report.text("outcome") + " after " + time + ": " + report.text("reason")
                            + ": whoever was not replaced serves on",
                    report.texts("lastLines"));
        }
        long forced = report.number("forcedConnections");
        return name + ": done in " + time
                + (forced == 0
                        ? ", no connection was cut"
                        : ", " + forced + (forced == 1 ? " connection was" : " connections were")
                                + " still open at the deadline and cut");
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
}
