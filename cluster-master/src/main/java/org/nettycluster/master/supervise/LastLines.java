package org.nettycluster.master.supervise;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nettycluster.protocol.WorkerId;

/**
 * What the workers of a fleet printed last, so that whoever asks why one has failed need not search a log. Thread safe by
 * its own lock: the readers of the workers' pipes write here, everybody reads.
 */
public final class LastLines {
    /** So many lines are kept for each worker, and told for each slot. */
    public static final int KEPT = 50;

    private static final int LONGEST = 2000;
    /** Of one slot: who sits there, who left, who failed to come, and one more. */
    private static final int WORKERS = 4;

    private final Map<WorkerId, Deque<String>> lines =
            new TreeMap<>(Comparator.comparingInt(WorkerId::number).thenComparingInt(WorkerId::generation));

    /** A worker has printed this. A single fork is nobody's slot, and not kept. */
    public synchronized void add(WorkerId worker, String text) {
        if (worker.generation() == 0) {
            return;
        }
        Deque<String> own = lines.get(worker);
        if (own == null) {
            own = new ArrayDeque<>();
            lines.put(worker, own);
            forgetBefore(new WorkerId(worker.number(), Math.max(1, worker.generation() - WORKERS + 1)));
        }
        own.addLast(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…");
        if (own.size() > KEPT) {
            own.removeFirst();
        }
    }

    private void forgetBefore(WorkerId oldest) {
        lines.keySet().removeIf(each -> each.number() == oldest.number() && each.generation() < oldest.generation());
    }

    /** Of one worker, the oldest first. */
    public synchronized List<String> of(WorkerId worker) {
        Deque<String> own = lines.get(worker);
        return own == null ? List.of() : List.copyOf(own);
    }

    /** Of all who sat in this slot lately, worker by worker, the oldest first. */
    public synchronized List<String> of(int slot) {
        List<String> all = new ArrayList<>();
        lines.forEach((worker, own) -> {
            if (worker.number() == slot) {
                all.addAll(own);
            }
        });
        return List.copyOf(all.subList(Math.max(0, all.size() - KEPT), all.size()));
    }
}
