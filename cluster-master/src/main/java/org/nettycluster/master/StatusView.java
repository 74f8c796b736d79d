package org.nettycluster.master;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.control.ControlServer.Presence;
import org.nettycluster.master.control.Stall;
import org.nettycluster.master.supervise.FleetView;
import org.nettycluster.master.supervise.FleetView.PlaceView;
import org.nettycluster.master.supervise.FleetView.SlotView;
import org.nettycluster.master.supervise.LastLines;
import org.nettycluster.master.supervise.SlotState;
import org.nettycluster.protocol.WorkerId;

/**
 * Puts together what the supervisor knows of slots and the loop of connections.
 *
 * @param presence of each worker that is known to the loop
 * @param pids of the processes that live
 */
record StatusView(Map<WorkerId, Presence> presence, Map<WorkerId, Long> pids, LastLines lastLines) {
    List<ClusterStatus.Slot> slots(FleetView fleet) {
        return fleet.slots().stream().map(this::slot).toList();
    }

    private ClusterStatus.Slot slot(SlotView slot) {
        PlaceView seat = slot.seat();
        Presence there = seat.worker() == null ? null : presence.get(seat.worker());
        return new ClusterStatus.Slot(
                slot.number(),
                slot.generation(),
                seat.state(),
                there != null && there.paused(),
                pid(seat.worker()),
                FleetKeeper.instant(seat.since()),
                seat.state() == SlotState.READY ? FleetKeeper.instant(seat.readySince()) : null,
                slot.crashes(),
                there == null
                        ? ClusterStatus.Traffic.NONE
                        : new ClusterStatus.Traffic(
                                there.traffic().active(), there.traffic().adopted()),
                slot.lastExit(),
                lastLines.of(slot.number()),
                there == null ? null : stall(there.stall()),
                slot.beside().stream().map(this::beside).toList());
    }

    private ClusterStatus.Beside beside(PlaceView place) {
        WorkerId worker = place.worker();
        if (worker == null) {
            throw new IllegalStateException("a place beside the seat has nobody");
        }
        Presence there = presence.get(worker);
        return new ClusterStatus.Beside(
                worker,
                place.state(),
                pid(worker),
                FleetKeeper.instant(place.since()),
                there == null ? 0 : there.traffic().active());
    }

    private long pid(@Nullable WorkerId worker) {
        return worker == null ? -1 : pids.getOrDefault(worker, -1L);
    }

    static ClusterStatus.@Nullable Stall stall(@Nullable Stall stall) {
        return stall == null ? null : new ClusterStatus.Stall(stall.loop(), FleetKeeper.instant(stall.since()));
    }

    static ClusterStatus.@Nullable Change change(FleetView fleet) {
        String what = fleet.change();
        Instant since = FleetKeeper.instant(fleet.changeSince());
        return what == null ? null : new ClusterStatus.Change(what, since);
    }
}
