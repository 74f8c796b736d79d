package org.nettycluster.master.accept;

import io.netty.channel.EventLoop;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.nettycluster.master.dispatch.HandoffCounters;
import org.nettycluster.master.dispatch.Lane;
import org.nettycluster.master.dispatch.SharedLanes;
import org.nettycluster.master.handoff.PageStore.StoredTurns;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.TurnPage;
import org.nettycluster.protocol.WorkerId;

/**
 * One listening socket whose workers accept: each gets a copy down its lane, and the master accepts nothing. It keeps the
 * socket open while workers come and go, so that clients wait in the backlog, and tells workers to look when one that may
 * have been woken for a client takes nothing any more. On the master's loop. Owns the socket and the {@link TurnPage}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Tasks that nobody waits for.
public final class SharedListener implements Reception {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(SharedListener.class);
    private static final long SEND_AGAIN_MILLIS = 100;

    private final int number;
    private final EventLoop loop;
    private final ListeningSocket socket;
    private final SocketAddress address;
    private final StoredTurns turns;
    private final SharedLanes lanes;
    private final int limit;
    private final Map<WorkerId, Integer> places = new HashMap<>();
    private final BitSet taken = new BitSet();
    private boolean sendsAgain;
    private boolean socketClosed;
    private boolean closed;

    /** @param limit of connections of one worker; 0 for none */
    SharedListener(
            int number, EventLoop loop, ListeningSocket socket, StoredTurns turns, SharedLanes lanes, int limit) {
        this.number = number;
        this.loop = loop;
        this.socket = socket;
        this.address = socket.address();
        this.turns = turns;
        this.lanes = lanes;
        this.limit = limit;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public SocketAddress address() {
        return address;
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public Listening.Share share(WorkerId worker) throws IOException {
        Integer place = places.get(worker);
        if (place == null) {
            place = taken.nextClearBit(0);
            if (place >= TurnPage.PLACES) {
                throw new IOException("at most " + TurnPage.PLACES + " workers may share one socket");
            }
            taken.set(place);
            turns.page().clear(place);
            places.put(worker, place);
        }
        return new Listening.Share(turns.file().toString(), place, limit);
    }

    /** Not before: what it has accepted it may still serve, and count off at its place. */
    @Override
    public void exited(WorkerId worker) {
        Integer place = places.remove(worker);
        if (place != null && !closed) {
            taken.clear(place);
            turns.page().clear(place);
        }
    }

    @Override
    public HandoffCounters counters() {
        return lanes.counters();
    }

    @Override
    public Crowd crowd() {
        return Crowd.of(socketClosed ? null : socket.descriptor(), 0, 0);
    }

    @Override
    public List<Lane> lanes() {
        return lanes.open();
    }

    /** Nothing: workers accept when they have the socket. */
    @Override
    public void start() {}

    @Override
    public void laneOpened(Lane lane) {
        // The worker keeps to the limit of its bind itself.
        lane.limit(0);
        lanes.opened(lane);
        hold(lane);
        tell(lane);
    }

    @Override
    public void laneEnded(Lane lane) {
        if (lanes.ended(lane)) {
            tellAll();
        }
    }

    @Override
    public void rang() {
        for (Lane lane : lanes.open()) {
            if (hold(lane)) {
                tell(lane);
            }
        }
        if (lanes.anyStopped()) {
            tellAll();
        }
        lanes.freed();
    }

    /** Whether that is news. */
    private boolean hold(Lane lane) {
        Integer place = places.get(lane.worker());
        if (place == null || turns.page().isHeld(place) == lane.isPaused()) {
            return false;
        }
        turns.page().hold(place, lane.isPaused());
        return true;
    }

    /** The socket once more: whoever gets it looks at the page, and whether a client waits. */
    private void tellAll() {
        lanes.open().forEach(this::tell);
    }

    private void tell(Lane lane) {
        if (!socketClosed && !lanes.send(lane, socket.descriptor().intValue()) && !sendsAgain) {
            // It may still wait for its first copy.
            sendsAgain = true;
            loop.schedule(this::sendAgain, SEND_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void sendAgain() {
        sendsAgain = false;
        if (!closed) {
            tellAll();
        }
    }

    @Override
    public boolean endAccepting() {
        if (!socketClosed) {
            if (crowd().backlog() > 0 && !lanes.open().isEmpty()) {
                tellAll();
                return false;
            }
            closeSocket();
        }
        return true;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            lanes.close();
            closeSocket();
            turns.discard();
        }
    }

    private void closeSocket() {
        if (socketClosed) {
            return;
        }
        socketClosed = true;
        try {
            socket.close();
        } catch (IOException e) {
            LOGGER.warn("can't close the socket of {}: {}", address, e.getMessage());
        }
    }

    @Override
    public String toString() {
        return "listener " + number + " on " + address + ", shared";
    }
}
