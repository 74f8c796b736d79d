package org.nettycluster.master.dispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.WorkerId;

/**
 * How many connections the workers have, and whether the limits leave room for one more. One for a whole master, shared
 * by its dispatchers; on the master's loop.
 *
 * <p>It asks nobody: what was offered and not given back is the master's own knowledge, what has ended of it stands on
 * the claim page. So a connection is counted from before its offer until after its descriptor is closed, and never is
 * there one more than a limit says. Without a limit nothing is computed but for a status.
 *
 * <p>Whoever waits for a place arms the end bell of those who could free one. A lane that is closed, because its worker
 * drains, has no bell any more: only for its connections' sake is there a timer.
 */
public final class Capacity {
    private static final long LOOK_AT_THE_LEAVING = TimeUnit.MILLISECONDS.toNanos(100);

    private final ConnectionLimits limits;
    private final Map<WorkerId, List<Lane>> lanes = new HashMap<>();
    private final Set<Runnable> watchers = new LinkedHashSet<>();
    private final List<IntSupplier> inHand = new ArrayList<>();

    /** @param limits of the cluster */
    public Capacity(ConnectionLimits limits) {
        this.limits = limits;
    }

    /** The limits of the cluster, and of whole workers. */
    public ConnectionLimits limits() {
        return limits;
    }

    /** Whether anything is limited. */
    boolean any() {
        if (limits.any()) {
            return true;
        }
        for (List<Lane> ofOne : lanes.values()) {
            for (Lane lane : ofOne) {
                if (lane.limit > 0 && !lane.isEnded()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Connections that are accepted and have not ended. */
    public long open() {
        long open = 0;
        for (IntSupplier each : inHand) {
            open += each.getAsInt();
        }
        for (List<Lane> ofOne : lanes.values()) {
            open += open(ofOne);
        }
        return open;
    }

    /** A dispatcher that has accepted connections in its own hand, so many at the moment. */
    void counts(IntSupplier waiting) {
        inHand.add(waiting);
    }

    void countsNoMore(IntSupplier waiting) {
        inHand.remove(waiting);
    }

    void opened(Lane lane) {
        lane.limitBy(this);
        List<Lane> ofOne = lanes.computeIfAbsent(lane.worker(), worker -> new ArrayList<>());
        ofOne.removeIf(each -> each.isEnded() && each.open() == 0);
        ofOne.add(lane);
    }

    /** The worker's process has ended, and all its connections with it. */
    public void exited(WorkerId worker) {
        if (lanes.remove(worker) != null) {
            freed(null);
        }
    }

    /** Connections of this worker on all listeners that have not ended. */
    long open(WorkerId worker) {
        return open(lanes.getOrDefault(worker, List.of()));
    }

    /** Whether this lane, or its worker, has as many connections as it may have. */
    boolean full(Lane lane) {
        return isAtItsOwn(lane) || full(lane.worker());
    }

    private static boolean isAtItsOwn(Lane lane) {
        return lane.limit > 0 && lane.open() >= lane.limit;
    }

    private boolean full(WorkerId worker) {
        return limits.perWorker() > 0 && open(worker) >= limits.perWorker();
    }

    /** Whether the cluster has as many connections as it may have. */
    boolean full() {
        return limits.total() > 0 && open() >= limits.total();
    }

    /** Somebody waits for a place: whoever can free one shall ring. The caller looks once more before it sleeps. */
    void armEndBells() {
        boolean all = full();
        for (Map.Entry<WorkerId, List<Lane>> each : lanes.entrySet()) {
            boolean anyOfIts = all || full(each.getKey());
            each.getValue().stream()
                    .filter(lane -> !lane.isEnded() && (anyOfIts || isAtItsOwn(lane)))
                    .forEach(lane -> lane.cells().armEndBell());
        }
    }

    /** Nanoseconds after which somebody who waits should look again although nobody rings; MAX_VALUE for never. */
    long lookAgain() {
        if (limits.any()) {
            for (List<Lane> ofOne : lanes.values()) {
                for (Lane lane : ofOne) {
                    if (lane.isEnded() && lane.open() > 0) {
                        return LOOK_AT_THE_LEAVING;
                    }
                }
            }
        }
        return Long.MAX_VALUE;
    }

    /** Has this run whenever something that happened elsewhere may have freed a place. */
    public void watch(Runnable watcher) {
        watchers.add(watcher);
    }

    /** The opposite. */
    public void unwatch(Runnable watcher) {
        watchers.remove(watcher);
    }

    /** A worker has rung, a lane has ended, time has passed: the places of one listener are those of the others too. */
    public void freed(@Nullable Runnable seenBy) {
        if (limits.any()) {
            for (Runnable watcher : List.copyOf(watchers)) {
                if (watcher != seenBy) {
                    watcher.run();
                }
            }
        }
    }

    private static long open(List<Lane> lanes) {
        long open = 0;
        for (Lane lane : lanes) {
            open += lane.open();
        }
        return open;
    }
}
