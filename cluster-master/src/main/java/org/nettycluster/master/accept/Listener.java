package org.nettycluster.master.accept;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.master.dispatch.AcceptedConnection;
import org.nettycluster.master.dispatch.Dispatcher;
import org.nettycluster.master.dispatch.HandoffCounters;
import org.nettycluster.master.dispatch.Lane;
import org.nettycluster.master.handoff.ErrnoOf;

/**
 * One listening socket and its accept loop: takes raw descriptors in batches and gives them to the dispatcher, for which
 * it also keeps the timer. On the master's loop.
 *
 * <p>It makes no channel for a connection and never registers the accepted descriptor with epoll: the open file would
 * stay in the interest list as long as a worker holds its copy. While nobody can take a connection the socket is masked
 * (EPOLLERR, since Netty 4.2.18 cannot come back from NONE) and clients wait in the kernel's backlog.
 */
public final class Listener implements Reception, EpollIoHandle {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Listener.class);
    private static final long LOST_INTEREST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
    /** While clients come faster than they are handed off, the last look is never empty. */
    private static final int MOST_LAST_LOOKS = 16;

    private final int number;
    private final IoEventLoop loop;
    private final ListeningSocket socket;
    private final SocketAddress address;
    private final Dispatcher dispatcher;
    private final Closer closer = new Closer();
    private final Doorman doorman;
    private final Shortage shortage;
    private final WatchedClock clock = new WatchedClock(System.nanoTime());
    private final AcceptBudget budget = new AcceptBudget();
    private final Runnable placeFreed = this::placeFreed;

    private @Nullable IoRegistration registration;
    private @Nullable ScheduledFuture<?> timer;
    private long timerAt;
    private boolean masked;
    private boolean closed;
    private boolean acceptingEnded;
    private boolean interestLost;
    private long accepted;
    private boolean backlogEmpty; // as the last acceptUpTo has seen it

    Listener(int number, IoEventLoop loop, ListeningSocket socket, Dispatcher dispatcher) {
        this.number = number;
        this.loop = loop;
        this.socket = socket;
        this.address = socket.address();
        this.dispatcher = dispatcher;
        this.doorman = new Doorman(dispatcher, closer);
        this.shortage = new Shortage(address);
        dispatcher.capacity().watch(placeFreed);
    }

    @Override
    public void start() {
        loop.register(this).addListener((Future<IoRegistration> registered) -> {
            if (!registered.isSuccess()) {
                LOGGER.error("can't listen on {}", address, registered.cause());
                close();
                return;
            }
            registration = registered.getNow();
            if (closed) {
                registration.cancel();
                return;
            }
            // Masked from the start: without a lane there is nobody to accept for.
            masked = true;
            show(registration, true);
            proceed();
        });
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
    public HandoffCounters counters() {
        return dispatcher.counters();
    }

    @Override
    public Crowd crowd() {
        return doorman.crowd(closed || acceptingEnded ? null : socket.descriptor());
    }

    @Override
    public List<Lane> lanes() {
        return dispatcher.lanes();
    }

    @Override
    public void laneOpened(Lane lane) {
        dispatcher.laneOpened(lane);
        proceed();
    }

    @Override
    public void laneEnded(Lane lane) {
        dispatcher.laneEnded(lane);
        rang();
    }

    @Override
    public void rang() {
        proceed();
        dispatcher.capacity().freed(placeFreed);
    }

    private void placeFreed() {
        if (masked || dispatcher.hasWaiting()) {
            proceed();
        }
    }

    @Override
    public boolean endAccepting() {
        proceed();
        for (int looks = 0; !acceptingEnded && looks < MOST_LAST_LOOKS; looks++) {
            long now = clock.wakes(System.nanoTime());
            long before = accepted;
            acceptUpTo(AcceptBudget.MAX, now);
            // The kernel resets who comes between the last look and the close: nobody is handed off in that time.
            if (backlogEmpty && (accepted == before || looks == MOST_LAST_LOOKS - 1)) {
                acceptingEnded = true;
                closeSocket();
            }
            sleep(now);
            if (!backlogEmpty) {
                break;
            }
        }
        return acceptingEnded && !dispatcher.hasWaiting() && !dispatcher.hasOffers();
    }

    @Override
    public FileDescriptor fd() {
        return socket.descriptor();
    }

    @Override
    public void handle(IoRegistration registered, IoEvent event) {
        if (!closed) {
            long now = clock.wakes(System.nanoTime());
            if (!shortage.lasts(now)) {
                // Clients go first: what was claimed since the last time is closed when these are on their way.
                closer.hold();
            }
            int taken;
            try {
                dispatcher.run(now);
                taken = acceptUpTo(budget.get(), now);
            } finally {
                closer.release();
            }
            if (backlogEmpty) {
                budget.empty(taken);
            } else if (!masked && budget.asksForMore()) {
                int most = budget.more();
                budget.found(acceptUpTo(most, now), most);
            }
            sleep(now);
        }
    }

    /** Looks at the pages and, if the accept loop waits for a place, tries again. */
    private void proceed() {
        if (closed) {
            return;
        }
        long now = clock.wakes(System.nanoTime());
        dispatcher.run(now);
        if (masked) {
            int taken = acceptUpTo(AcceptBudget.MAX, now);
            if (backlogEmpty) {
                budget.empty(taken);
            }
        } else if (dispatcher.hasWaiting()) {
            dispatcher.runThenArm(now);
        }
        sleep(now);
    }

    /** Returns how many there were. */
    private int acceptUpTo(int limit, long now) {
        backlogEmpty = false;
        if (acceptingEnded || registration == null) {
            return 0;
        }
        int taken = accept(limit, now);
        dispatcher.send(now);
        if (dispatcher.hasWaiting()) {
            dispatcher.runThenArm(now);
        }
        return taken;
    }

    private int accept(int limit, long now) {
        int taken = 0;
        for (int tries = 0; tries < limit; tries++) {
            boolean place = dispatcher.ready(now);
            if (!place && !doorman.turnsAway(now)) {
                dispatcher.runThenArm(now);
                place = dispatcher.ready(now);
                if (!place) {
                    doorman.stops(dispatcher.atLimit(now), tries);
                    mask(true);
                    return taken;
                }
            }
            if (shortage.lasts(now) && !shortage.relieved(dispatcher.counters().claimed())) {
                mask(true);
                return taken;
            }
            int fd;
            try {
                fd = socket.accept();
            } catch (IOException e) {
                if (e instanceof NativeIoException failure && ErrnoOf.exhausted(failure)) {
                    if (!closer.release()) {
                        shortage.begins(failure, dispatcher.counters().claimed(), now);
                        dispatcher.send(now);
                        // Whoever claims what we still hold makes room, and shall ring.
                        dispatcher.runThenArm(now);
                    }
                    continue;
                }
                // ECONNABORTED and its kind: that client has gone, the next one has not.
                LOGGER.debug("accept on {} failed: {}", address, e.getMessage());
                continue;
            }
            if (fd == -1) {
                backlogEmpty = true;
                break;
            }
            taken++;
            if (!place) {
                doorman.reset(fd);
                continue;
            }
            // From here on the connection object owns the descriptor.
            dispatcher.place(new AcceptedConnection(++accepted, fd, socket.peer(), closer), now);
        }
        mask(false);
        return taken;
    }

    private void mask(boolean on) {
        if (!on) {
            doorman.goesOn();
        }
        if (masked != on && registration != null && registration.isValid() && show(registration, on)) {
            masked = on;
        }
    }

    /** What to be woken for. False if the kernel has no memory for that; the timer tries again. */
    private boolean show(IoRegistration registered, boolean nothing) {
        try {
            registered.submit(nothing ? EpollIoOps.EPOLLERR : EpollIoOps.EPOLLIN);
            interestLost = false;
            return true;
        } catch (UncheckedIOException e) {
            LOGGER.warn("can't wait for clients of {}, will try again in 100 ms: {}", address, e.getMessage());
            // Woken for nothing is no loss; not woken for clients would be.
            interestLost = !nothing;
            return false;
        }
    }

    /** The work is done until a client, a worker or the timer wakes the loop. */
    private void sleep(long now) {
        long delay = Math.min(dispatcher.delay(now, masked && !acceptingEnded), shortage.delay(now));
        if (interestLost) {
            delay = Math.min(delay, LOST_INTEREST_PAUSE);
        }
        long real = System.nanoTime();
        if (delay != Long.MAX_VALUE && (timer == null || timerAt - real > delay)) {
            if (timer != null) {
                timer.cancel(false);
            }
            timerAt = real + delay;
            timer = loop.schedule(this::tick, delay, TimeUnit.NANOSECONDS);
        }
        clock.sleeps(real, timer == null ? Long.MAX_VALUE : timerAt);
    }

    private void tick() {
        timer = null;
        rang();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (timer != null) {
            timer.cancel(false);
        }
        dispatcher.capacity().unwatch(placeFreed);
        dispatcher.close();
        dispatcher.capacity().freed(placeFreed);
        closeSocket();
    }

    private void closeSocket() {
        // Out of epoll first: a descriptor that is closed while registered would be reported for ever if it had copies.
        if (registration != null) {
            registration.cancel();
        }
        try {
            socket.close();
        } catch (IOException e) {
            LOGGER.warn("can't close the socket of {}: {}", address, e.getMessage());
        }
    }

    @Override
    public String toString() {
        return "listener " + number + " on " + address;
    }
}
