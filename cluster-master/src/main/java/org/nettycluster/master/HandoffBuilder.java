package org.nettycluster.master;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.nettycluster.master.accept.InheritedSocket;
import org.nettycluster.master.schedule.RoundRobin;
import org.nettycluster.master.schedule.Scheduler;
import org.nettycluster.protocol.ClaimPage;

/** The part of a master's description that is about sockets, and who gets a connection. Not thread safe. */
public abstract sealed class HandoffBuilder extends FleetBuilder permits ClusterMaster.Builder {
    private int window = 8;
    private Duration rescueAfter = Duration.ofMillis(15);
    private Scheduler scheduler = new RoundRobin();
    private boolean shared;
    private final List<InheritedSocket> inherited = new ArrayList<>();

    HandoffBuilder() {}

    /** Offers that a worker may hold unclaimed for each listener, 1 to 64; default 8. */
    public ClusterMaster.Builder window(int window) {
        if (window < 1 || window > ClaimPage.MAX_WINDOW) {
            throw new IllegalArgumentException("window " + window + " must be 1 to " + ClaimPage.MAX_WINDOW);
        }
        this.window = window;
        return self();
    }

    /**
     * Age at which an unclaimed connection goes to another worker, at least 1 ms; default 15 ms. The time counts only
     * while the master has a processor to watch, and a worker that is no slower than the others is given longer.
     */
    public ClusterMaster.Builder rescueAfter(Duration rescueAfter) {
        if (rescueAfter.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("rescueAfter " + rescueAfter + " must be >= 1 ms");
        }
        this.rescueAfter = rescueAfter;
        return self();
    }

    /**
     * Who gets the next connection; default round robin. One for all listeners, called on the master's loop only; what it
     * throws is logged, and round robin decides instead.
     */
    public ClusterMaster.Builder scheduler(Scheduler scheduler) {
        this.scheduler = scheduler;
        return self();
    }

    /**
     * Whether workers accept for themselves where their bind does not say, and the scheduler is asked for nothing; default
     * false. With a limit of all connections, or one beyond which clients are reset, the master accepts all the same.
     */
    public ClusterMaster.Builder shared(boolean shared) {
        this.shared = shared;
        return self();
    }

    /**
     * A listening TCP socket, or a bound UDP socket, that this process has inherited: a worker's bind to its address gets it. May be called
     * several times; the master closes them at its end.
     */
    public ClusterMaster.Builder inherit(InheritedSocket socket) {
        inherited.add(socket);
        return self();
    }

    MasterSettings settings(String name, Path directory, FleetSettings fleet) {
        return new MasterSettings(
                name, directory, window, rescueAfter, scheduler, shared, List.copyOf(inherited), fleet);
    }
}
