package org.nettycluster.admin;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.ClusterStatus;
import org.nettycluster.master.ReloadProgress;
import org.nettycluster.master.ReloadReport;
import org.nettycluster.master.accept.DatagramRegistry;
import org.nettycluster.master.dispatch.ConnectionLimits;
import org.nettycluster.master.dispatch.HandoffCounters;
import org.nettycluster.master.supervise.SlotState;
import org.nettycluster.master.supervise.WorkerExit;

/** Everything that the endpoint says, field by field; {@code docs/admin.md} is its public description. */
final class Documents {
    private Documents() {}

    static Map<String, ?> status(ClusterStatus status) {
        Fields fields = new Fields()
                .with("name", status.name())
                .with("version", status.version())
                .with("pid", status.pid())
                .with("uptimeMillis", status.uptime().toMillis())
                .with("workers", status.slots().size())
                .with(
                        "ready",
                        status.slots().stream()
                                .filter(slot -> slot.state() == SlotState.READY)
                                .count())
                .with("limits", limits(status.limits()))
                .with("kernel", kernel(status.kernel()))
                .with(
                        "listeners",
                        status.listeners().stream().map(Documents::listener).toList())
                .with(
                        "datagrams",
                        status.datagrams().stream().map(Documents::datagrams).toList())
                .with("slots", status.slots().stream().map(Documents::slot).toList());
        ClusterStatus.Change change = status.change();
        return fields.with(
                        "change",
                        change == null
                                ? null
                                : new Fields()
                                        .with("what", change.what())
                                        .with("since", change.since())
                                        .map())
                .map();
    }

    private static Map<String, ?> listener(ClusterStatus.Listener listener) {
        HandoffCounters counters = listener.counters();
        return new Fields()
                .with("address", AddressText.of(listener.address()))
                .with("accepted", counters.accepted())
                .with("offered", counters.offered())
                .with("claimed", counters.claimed())
                .with("refused", counters.refused())
                .with("revoked", counters.revoked())
                .with("abandoned", counters.abandoned())
                .with("waiting", counters.waiting())
                .with("limitWaits", listener.crowd().waits())
                .with("resets", listener.crowd().resets())
                .with("backlog", known(listener.crowd().backlog()))
                .with("backlogLimit", known(listener.crowd().backlogLimit()))
                .map();
    }

    private static Map<String, ?> datagrams(DatagramRegistry.Bound bound) {
        return new Fields()
                .with("address", AddressText.of(bound.address()))
                .with("sockets", bound.sockets())
                .with("held", bound.held())
                .map();
    }

    private static Map<String, ?> limits(ClusterStatus.Limits limits) {
        ConnectionLimits configured = limits.configured();
        return new Fields()
                .with("perWorker", configured.perWorker() == 0 ? null : configured.perWorker())
                .with("total", configured.total() == 0 ? null : configured.total())
                .with("overload", word(configured.overload()))
                .with("open", limits.open())
                .map();
    }

    private static @Nullable Map<String, ?> kernel(ClusterStatus.@Nullable Kernel kernel) {
        return kernel == null
                ? null
                : new Fields()
                        .with("listenOverflows", kernel.listenOverflows())
                        .with("listenDrops", kernel.listenDrops())
                        .map();
    }

    private static Map<String, ?> slot(ClusterStatus.Slot slot) {
        ClusterStatus.Stall stall = slot.stall();
        return new Fields()
                .with("slot", slot.number())
                .with("worker", slot.number() + "." + slot.generation())
                .with("state", word(slot.state()))
                .with("paused", slot.paused())
                .with("pid", pid(slot.pid()))
                .with("since", slot.since())
                .with("readySince", slot.readySince())
                .with("crashes", slot.restarts())
                .with("active", slot.traffic().active())
                .with("adopted", slot.traffic().adopted())
                .with("lastExit", exit(slot.lastExit()))
                .with("lastLines", slot.lastLines())
                .with(
                        "stall",
                        stall == null
                                ? null
                                : new Fields()
                                        .with("loop", stall.loop())
                                        .with("since", stall.since())
                                        .map())
                .with(
                        "beside",
                        slot.predecessors().stream().map(Documents::beside).toList())
                .map();
    }

    private static Map<String, ?> beside(ClusterStatus.Beside beside) {
        return new Fields()
                .with("worker", beside.worker())
                .with("state", word(beside.state()))
                .with("pid", pid(beside.pid()))
                .with("since", beside.since())
                .with("active", beside.active())
                .map();
    }

    private static @Nullable Map<String, ?> exit(@Nullable WorkerExit exit) {
        return exit == null
                ? null
                : new Fields()
                        .with("code", exit.code())
                        .with("signal", exit.signal())
                        .map();
    }

    static Map<String, ?> progress(ReloadProgress progress) {
        return new Fields()
                .with("slot", progress.slot())
                .with("from", progress.from())
                .with("to", progress.to())
                .with("step", word(progress.what()))
                .map();
    }

    static Map<String, ?> report(ReloadReport report) {
        return new Fields()
                .with("outcome", word(report.outcome()))
                .with("reason", report.reason())
                .with("lastLines", report.lastLines())
                .with("forcedConnections", report.forcedConnections())
                .with("durationMillis", report.duration().toMillis())
                .map();
    }

    static Map<String, ?> line(LogLine line) {
        return new Fields()
                .with("at", line.at())
                .with("worker", line.worker())
                .with("stream", word(line.stream()))
                .with("text", line.text())
                .map();
    }

    static Map<String, ?> refusal(Refusal refusal) {
        Fields fields =
                new Fields().with("error", String.valueOf(refusal.getMessage())).with("wayOut", refusal.wayOut());
        return refusal.lastLines().isEmpty()
                ? fields.map()
                : fields.with("lastLines", refusal.lastLines()).map();
    }

    static Map<String, ?> one(String name, Object value) {
        return Map.of(name, value);
    }

    private static @Nullable Integer known(int value) {
        return value < 0 ? null : value;
    }

    private static @Nullable Long pid(long pid) {
        return pid < 0 ? null : pid;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** An object under construction; a null stays in it, so that readers always find the same fields. */
    private static final class Fields {
        private final Map<String, @Nullable Object> map = new LinkedHashMap<>();

        Fields with(String name, @Nullable Object value) {
            map.put(name, value);
            return this;
        }

        Map<String, ?> map() {
            return map;
        }
    }
}
