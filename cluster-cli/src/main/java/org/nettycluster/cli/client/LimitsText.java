package org.nettycluster.cli.client;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nettycluster.admin.JsonObject;

/** What a status says of limits and of clients that found no place, one line each: pure text. */
final class LimitsText {
    private LimitsText() {}

    static List<String> lines(JsonObject cluster) {
        List<String> lines = new ArrayList<>();
        JsonObject limits = cluster.object("limits");
        Long perWorker = limits == null ? null : limits.numberOrNull("perWorker");
        Long total = limits == null ? null : limits.numberOrNull("total");
        if (limits != null && (perWorker != null || total != null)) {
            lines.add(limits.number("open") + " connections are open, at most " + limits(perWorker, total)
                    + "; clients beyond " + (limits.text("overload").equals("reset") ? "are reset" : "wait"));
            cluster.objects("listeners").forEach(listener -> lines.add(listener(listener)));
        }
        JsonObject kernel = cluster.object("kernel");
        if (kernel != null && kernel.number("listenDrops") > 0) {
            lines.add("the kernel has dropped " + kernel.number("listenDrops")
                    + " connections of this machine before they could be accepted, " + kernel.number("listenOverflows")
                    + " because a backlog was full");
        }
        return lines;
    }

    private static String limits(@Nullable Long perWorker, @Nullable Long total) {
        if (perWorker == null) {
            return total + " in all";
        }
        return perWorker + " for each worker" + (total == null ? "" : " and " + total + " in all");
    }

    private static String listener(JsonObject listener) {
        Long backlog = listener.numberOrNull("backlog");
        return listener.text("address") + ": accepting has waited " + listener.number("limitWaits") + " times, "
                + listener.number("resets") + " clients were reset"
                + (backlog == null ? "" : ", " + backlog + " are in the backlog");
    }
}
