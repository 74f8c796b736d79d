package org.nettycluster.master.supervise;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which slots may be replaced now: never more processes beyond the fleet's size than the surge allows, and until the
 * first new worker has baked, that one alone. Pure.
 */
final class Reload {
    private enum Stage {
        WAITS,
        COMES,
        LEAVES,
        DONE
    }

    private final Map<Integer, Stage> stages = new LinkedHashMap<>();
    private final int maxSurge;
    private boolean baked;

    /** @param bakes whether the first new worker shall show itself first */
    Reload(Collection<Integer> slots, int maxSurge, boolean bakes) {
        slots.forEach(slot -> stages.put(slot, Stage.WAITS));
        this.maxSurge = maxSurge;
        this.baked = !bakes;
    }

    /** Slots whose new worker shall be started now; they count as begun. */
    List<Integer> begin() {
        int surge = baked ? maxSurge : 1;
        List<Integer> begun = new ArrayList<>();
        long beyond = stages.values().stream()
                .filter(stage -> stage == Stage.COMES || stage == Stage.LEAVES)
                .count();
        for (Map.Entry<Integer, Stage> each : stages.entrySet()) {
            if (each.getValue() == Stage.WAITS && beyond < surge) {
                each.setValue(Stage.COMES);
                begun.add(each.getKey());
                beyond++;
            }
        }
        return begun;
    }

    /** Whether a new worker that is ready now must bake. */
    boolean bakes() {
        return !baked;
    }

    /** The new worker has the seat. */
    void seated(int slot) {
        advance(slot, Stage.COMES, Stage.LEAVES);
        baked = true;
    }

    /** The old one is gone. */
    void left(int slot) {
        advance(slot, Stage.LEAVES, Stage.DONE);
    }

    boolean isDone() {
        return stages.values().stream().allMatch(stage -> stage == Stage.DONE);
    }

    private void advance(int slot, Stage from, Stage to) {
        if (!stages.replace(slot, from, to)) {
            throw new IllegalStateException(
                    "slot " + slot + " is " + stages.get(slot) + " in this reload, not " + from);
        }
    }
}
