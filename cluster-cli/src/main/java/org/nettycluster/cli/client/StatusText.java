package org.nettycluster.cli.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.nettycluster.admin.JsonObject;

/** A status as its reader likes it: pure text from what a cluster has sent. */
final class StatusText {
    private StatusText() {}

    /** One row for each cluster, and below it what is wrong. */
    static List<String> list(List<JsonObject> clusters, Instant now) {
        Table table = new Table("NAME", "PID", "WORKERS", "UP", "ACTIVE", "LISTENS ON", "STATE");
        List<String> notes = new ArrayList<>();
        for (JsonObject cluster : clusters) {
            List<String> troubles = troubles(cluster, now);
            table.row(
                    cluster.text("name"),
                    Long.toString(cluster.number("pid")),
                    cluster.number("ready") + "/" + cluster.number("workers"),
                    Ages.text(Duration.ofMillis(cluster.number("uptimeMillis"))),
                    Long.toString(active(cluster)),
                    addresses(cluster),
                    state(cluster, !troubles.isEmpty()));
            troubles.forEach(trouble -> notes.add(cluster.text("name") + ": " + trouble));
        }
        List<String> lines = new ArrayList<>(table.lines());
        lines.addAll(notes);
        return lines;
    }

    /** All that is known of one cluster. */
    static List<String> details(JsonObject cluster, Instant now) {
        List<String> lines = new ArrayList<>();
        lines.add(cluster.text("name") + ": pid " + cluster.number("pid") + ", up "
                + Ages.text(Duration.ofMillis(cluster.number("uptimeMillis"))) + ", " + cluster.number("ready") + " of "
                + cluster.number("workers") + " workers ready");
        JsonObject change = cluster.object("change");
        if (change != null) {
            lines.add("a " + change.text("what") + " runs since " + Ages.since(change.text("since"), now));
        }
        Table listeners = new Table("LISTENS ON", "ACCEPTED", "CLAIMED", "WAITING", "MOVED");
        List<JsonObject> addresses = cluster.objects("listeners");
        addresses.forEach(listener -> listeners.row(
                listener.text("address"),
                Long.toString(listener.number("accepted")),
                Long.toString(listener.number("claimed")),
                Long.toString(listener.number("waiting")),
                Long.toString(listener.number("revoked") + listener.number("refused"))));
        if (!addresses.isEmpty()) {
            lines.add("");
            lines.addAll(listeners.lines());
        }
        lines.addAll(datagrams(cluster));
        lines.addAll(LimitsText.lines(cluster));
        lines.add("");
        lines.addAll(workers(cluster, now));
        List<String> troubles = troubles(cluster, now);
        if (!troubles.isEmpty()) {
            lines.add("");
            lines.addAll(troubles);
        }
        return lines;
    }

    private static List<String> datagrams(JsonObject cluster) {
        List<JsonObject> bound = cluster.objects("datagrams");
        if (bound.isEmpty()) {
            return List.of();
        }
        Table table = new Table("UDP", "SOCKETS", "HELD");
        bound.forEach(each -> table.row(
                each.text("address"), Long.toString(each.number("sockets")), Long.toString(each.number("held"))));
        List<String> lines = new ArrayList<>(List.of(""));
        lines.addAll(table.lines());
        return lines;
    }

    private static List<String> workers(JsonObject cluster, Instant now) {
        Table table = new Table("WORKER", "STATE", "PID", "FOR", "ACTIVE", "ADOPTED", "CRASHES", "LAST EXIT");
        for (JsonObject slot : cluster.objects("slots")) {
            table.row(
                    slot.text("worker"),
                    slot.flag("paused") ? "paused" : slot.text("state"),
                    pid(slot),
                    Ages.since(slot.text("since"), now),
                    Long.toString(slot.number("active")),
                    Long.toString(slot.number("adopted")),
                    Long.toString(slot.number("crashes")),
                    exit(slot));
            for (JsonObject beside : slot.objects("beside")) {
                table.row(
                        beside.text("worker"),
                        beside.text("state"),
                        pid(beside),
                        Ages.since(beside.text("since"), now),
                        Long.toString(beside.number("active")),
                        "-",
                        "-",
                        "-");
            }
        }
        return table.lines();
    }

    /** What needs somebody's attention, one line each. */
    private static List<String> troubles(JsonObject cluster, Instant now) {
        List<String> troubles = new ArrayList<>();
        for (JsonObject slot : cluster.objects("slots")) {
            String worker = "worker " + slot.text("worker");
            List<String> printed = slot.texts("lastLines");
            String last = printed.isEmpty() ? "" : "; last line: " + printed.get(printed.size() - 1);
            switch (slot.text("state")) {
                case "gave-up" ->
                    troubles.add(worker + " crashed too often (" + slot.number("crashes") + " times, " + exit(slot)
                            + "), none is started: restart " + slot.number("slot") + " tries again" + last);
                case "backing-off" ->
                    troubles.add(worker + " crashed (" + exit(slot) + "), a successor starts soon" + last);
                default -> {}
            }
            JsonObject stall = slot.object("stall");
            if (stall != null) {
                long loop = stall.number("loop");
                troubles.add(worker + (loop == 0 ? "" : ": event loop " + loop) + " has not moved for "
                        + Ages.since(stall.text("since"), now) + ", new connections go elsewhere");
            }
        }
        return troubles;
    }

    private static String state(JsonObject cluster, boolean troubled) {
        JsonObject change = cluster.object("change");
        if (change != null) {
            return change.text("what");
        }
        return cluster.number("ready") == 0 && cluster.number("workers") > 0 ? "down" : troubled ? "trouble" : "ok";
    }

    private static long active(JsonObject cluster) {
        return cluster.objects("slots").stream()
                .mapToLong(slot -> slot.number("active")
                        + slot.objects("beside").stream()
                                .mapToLong(beside -> beside.number("active"))
                                .sum())
                .sum();
    }

    private static String addresses(JsonObject cluster) {
        String addresses = cluster.objects("listeners").stream()
                .map(listener -> listener.text("address"))
                .collect(Collectors.joining(", "));
        return addresses.isEmpty() ? "-" : addresses;
    }

    private static String pid(JsonObject process) {
        Long pid = process.numberOrNull("pid");
        return pid == null ? "-" : pid.toString();
    }

    private static String exit(JsonObject slot) {
        JsonObject exit = slot.object("lastExit");
        if (exit == null) {
            return "-";
        }
        String signal = exit.text("signal");
        return signal.isEmpty() ? "code " + exit.number("code") : signal;
    }
}
