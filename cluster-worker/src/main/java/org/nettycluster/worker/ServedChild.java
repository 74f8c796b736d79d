package org.nettycluster.worker;

import io.netty.channel.Channel;

/** A connection of a server channel, as a drain sees it. Any thread. */
interface ServedChild {
    Channel child();

    /** Whether it is this worker's. */
    boolean claimed();

    /** Whether limits count it: all but those that were passed, of which the master knows nothing. */
    default boolean isLimited() {
        return true;
    }

    /** The worker drains, and the server channel's notice says so. */
    void noticeDrain();

    /** Closes it past the pipeline, where a handler might hold the close back. */
    void closeByForce();
}
