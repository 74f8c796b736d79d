package org.nettycluster.master.control;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.LaneHello;

/**
 * The lanes that one worker may open: one for each bind that was answered, until its hello comes or the worker leaves the
 * listener. On the master's loop; owns the pages of promises that nobody has taken.
 */
final class LanePromises {
    // More than these binds at once, each left before its lane said hello, are not a program's haste any more.
    private static final int MOST_WITHDRAWN = 64;

    private final Map<Integer, ListenDesk.Promise> byListener = new HashMap<>();
    private final Set<Integer> withdrawn = new LinkedHashSet<>();

    void make(ListenDesk.Promise promise) {
        byListener.put(promise.listener(), promise);
    }

    /**
     * What this lane was promised, which is the caller's now; null if it was not promised, or not any more.
     *
     * @param request of the bind, {@link LaneHello#NO_REQUEST} from a worker that does not say it
     */
    ListenDesk.@Nullable Promise take(int listener, int request) {
        ListenDesk.Promise promise = byListener.get(listener);
        if (promise == null || (request != LaneHello.NO_REQUEST && request != promise.request())) {
            return null;
        }
        byListener.remove(listener);
        return promise;
    }

    /** The worker has left the listener. */
    void withdraw(int listener) {
        ListenDesk.Promise promise = byListener.remove(listener);
        if (promise != null) {
            withdraw(promise);
        }
    }

    /** The worker has ended, or binds nothing any more. */
    void withdrawAll() {
        byListener.values().forEach(this::withdraw);
        byListener.clear();
    }

    private void withdraw(ListenDesk.Promise promise) {
        promise.page().discard();
        if (withdrawn.size() == MOST_WITHDRAWN) {
            withdrawn.remove(withdrawn.iterator().next());
        }
        withdrawn.add(promise.request());
    }

    /** Whether a lane comes late, once for each: its worker has left the listener while the hello was under way. */
    boolean isLate(int request) {
        return withdrawn.remove(request);
    }
}
