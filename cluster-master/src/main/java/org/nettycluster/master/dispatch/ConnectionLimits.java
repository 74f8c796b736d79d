package org.nettycluster.master.dispatch;

/**
 * How many connections there may be at once.
 *
 * @param perWorker offered to or claimed by one worker and not ended; 0 for no limit
 * @param total in the whole cluster, in workers that drain too; 0 for no limit
 * @param overload what happens to clients beyond
 */
public record ConnectionLimits(int perWorker, int total, Overload overload) {
    /** No limits. */
    public static final ConnectionLimits NONE = new ConnectionLimits(0, 0, Overload.WAIT);

    /** Whether there is any limit. */
    public boolean any() {
        return perWorker > 0 || total > 0;
    }
}
