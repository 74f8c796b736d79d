package org.nettycluster.master;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.control.ControlEvents;
import org.nettycluster.master.control.Stall;
import org.nettycluster.protocol.WorkerId;

/** What workers say, carried from the master's loop to the supervisor's thread, and what follows from it there. */
final class WorkerNews implements ControlEvents {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(WorkerNews.class);

    private final Workforce workforce;
    private final Audience audience;
    private final Farewell farewell;
    private final @Nullable FleetKeeper fleet;

    WorkerNews(Workforce workforce, Audience audience, Farewell farewell, @Nullable FleetKeeper fleet) {
        this.workforce = workforce;
        this.audience = audience;
        this.farewell = farewell;
        this.fleet = fleet;
    }

    @Override
    public void online(WorkerId id, long pid) {
        workforce.with(id, worker -> {
            worker.online();
            audience.tell(events -> events.online(worker));
            // As in Node nobody hears a worker speak before he has heard of it.
            worker.mail().mailbox().open();
        });
    }

    @Override
    public void listening(WorkerId id, SocketAddress address) {
        workforce.with(id, worker -> {
            worker.listening();
            audience.tell(events -> {
                if (address instanceof UnixDomainSocketAddress unix) {
                    events.listening(worker, unix.getPath());
                } else {
                    events.listening(worker, (InetSocketAddress) address);
                }
            });
        });
    }

    @Override
    public void ready(WorkerId id) {
        workforce.with(id, worker -> {
            if (worker.ready()) {
                audience.tell(events -> events.ready(worker));
            }
            if (fleet != null) {
                fleet.ready(id);
            }
        });
    }

    @Override
    public void leaving(WorkerId id) {
        workforce.with(id, farewell::drain);
    }

    @Override
    public void drained(WorkerId id, int forced) {
        workforce.with(id, worker -> {
            if (forced > 0) {
                LOGGER.warn("{} had to close {} connections at the deadline of its drain", worker, forced);
            }
            if (fleet != null) {
                fleet.drained(id, forced);
            }
            farewell.drained(worker);
        });
    }

    @Override
    public void stalled(WorkerId id, Stall stall) {
        workforce.with(id, worker -> {
            ClusterStatus.Stall told = new ClusterStatus.Stall(stall.loop(), FleetKeeper.instant(stall.since()));
            LOGGER.warn(
                    "{}: {} has not moved for {} ms (limit stallWarn): it gets no connections while others are well",
                    worker,
                    stall.loop() == 0 ? "its JVM" : "event loop " + stall.loop(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - stall.since()));
            audience.tell(events -> events.stalled(worker, told));
        });
    }

    @Override
    public void recovered(WorkerId id) {
        workforce.with(id, worker -> {
            LOGGER.info("{}: all its loops move again", worker);
            audience.tell(events -> events.recovered(worker));
        });
    }

    @Override
    public void disconnected(WorkerId id) {
        workforce.with(id, worker -> {
            if (worker.disconnected()) {
                audience.tell(events -> events.disconnect(worker));
            }
            if (worker.pid() < 0) {
                // Nobody will tell us of this process's end.
                workforce.forget(worker);
            }
        });
    }
}
