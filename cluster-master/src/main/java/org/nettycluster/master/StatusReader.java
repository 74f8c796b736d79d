package org.nettycluster.master;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.accept.DatagramRegistry;
import org.nettycluster.master.accept.KernelLosses;
import org.nettycluster.master.accept.ListenerRegistry;
import org.nettycluster.master.control.ControlServer;
import org.nettycluster.master.dispatch.Capacity;
import org.nettycluster.master.supervise.FleetView;
import org.nettycluster.protocol.WorkerId;

/**
 * Puts a {@link ClusterStatus} together from what each side of the master knows. Any thread, but for {@link #look}; made
 * when the master starts, whose age it tells.
 */
final class StatusReader {
    static final FleetView NO_FLEET = new FleetView(List.of(), null, 0);

    private final long started = System.nanoTime();
    private final @Nullable KernelLosses before = KernelLosses.read();
    private final String name;
    private final Capacity capacity;
    private final ListenerRegistry registry;
    private final ControlServer control;
    private final Workforce workforce;

    StatusReader(
            String name, Capacity capacity, ListenerRegistry registry, ControlServer control, Workforce workforce) {
        this.name = name;
        this.capacity = capacity;
        this.registry = registry;
        this.control = control;
        this.workforce = workforce;
    }

    /** What the master's loop knows. */
    record Connections(
            long open,
            List<ClusterStatus.Listener> listeners,
            List<DatagramRegistry.Bound> datagrams,
            Map<WorkerId, ControlServer.Presence> presence) {}

    /** On the master's loop. */
    Connections look() {
        return new Connections(
                capacity.open(),
                registry.listeners().stream()
                        .map(each -> new ClusterStatus.Listener(each.address(), each.counters(), each.crowd()))
                        .toList(),
                control.datagrams().bound(),
                control.presence());
    }

    ClusterStatus afterTheEnd() {
        return status(NO_FLEET, new Connections(0, List.of(), List.of(), Map.of()));
    }

    ClusterStatus status(FleetView fleet, Connections seen) {
        Map<WorkerId, Long> pids =
                workforce.workers().stream().collect(Collectors.toMap(WorkerProcess::id, WorkerProcess::pid));
        String version = StatusReader.class.getPackage().getImplementationVersion();
        return new ClusterStatus(
                name,
                version == null ? "unknown" : version,
                ProcessHandle.current().pid(),
                Duration.ofNanos(System.nanoTime() - started),
                new ClusterStatus.Limits(capacity.limits(), seen.open()),
                kernel(),
                seen.listeners(),
                seen.datagrams(),
                new StatusView(seen.presence(), pids, workforce.lastLines()).slots(fleet),
                StatusView.change(fleet));
    }

    private ClusterStatus.@Nullable Kernel kernel() {
        KernelLosses now = KernelLosses.read();
        return now == null || before == null
                ? null
                : new ClusterStatus.Kernel(now.overflows() - before.overflows(), now.drops() - before.drops());
    }
}
