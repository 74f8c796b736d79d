package org.nettycluster.worker;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.ServerOption;

/**
 * What server channels in a worker have in common, of whatever family: the bind in the master, the lane, the children and
 * the drain. On one event loop, which must be epoll's, except where said.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
abstract class ClusterServerChannel extends AbstractServerChannel {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ClusterServerChannel.class);

    private static final long LAST_READ_MILLIS = 5000;

    private enum State {
        NEW,
        BOUND,
        CLOSED
    }

    private final MasterLink link;
    private final BindHandler binding;
    private final Set<ServedChild> children = ConcurrentHashMap.newKeySet();
    private final Runnable loopEnds = this::closeWithLoop;

    private volatile State state = State.NEW;
    private volatile @Nullable SocketAddress bound;
    private volatile boolean draining;
    private volatile @Nullable ClusterDraining drainNotice;

    // Its event loop's.
    private boolean readPending;
    private @Nullable Intake lane;
    private @Nullable Runnable afterLane;

    ClusterServerChannel(MasterLink link) {
        this.link = link;
        this.binding = new BindHandler(this, link);
        // Outbound events come to it last, so every other handler has had its say on the bind.
        pipeline().addFirst(BindHandler.NAME, binding);
    }

    /** The link of this process's worker, for a constructor without arguments. */
    static MasterLink ownLink(Class<?> channel, String factory) {
        String name = channel.getSimpleName();
        return ClusterWorker.current()
                .orElseThrow(() -> new ChannelException(name + " outside a worker: this process was not started by a "
                        + "master. ClusterWorker." + factory + "() works in both"))
                .link();
    }

    /** The options that the application has set, as far as they travel. */
    abstract Map<ServerOption, Integer> chosen();

    /**
     * What to ask the master for.
     *
     * @throws IOException where this channel can't listen there, or the name is unknown
     */
    abstract SocketAddress resolve(SocketAddress address) throws IOException;

    /** What {@code localAddress} is, once the master has bound. */
    abstract SocketAddress bound(SocketAddress asked, Listening answer);

    /**
     * Wraps a received socket. The channel owns it from here on; if this throws, the caller still does.
     *
     * @param remote null where the peer has no name
     */
    abstract Channel wrap(LinuxSocket socket, @Nullable InetSocketAddress remote);

    /** Whether every peer has an address, as those of TCP do. */
    abstract boolean peersHaveAddresses();

    @Override
    public boolean isOpen() {
        return state != State.CLOSED;
    }

    @Override
    public boolean isActive() {
        return state == State.BOUND;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        // The bind says what is wrong with a loop, in words; Netty would only name its class.
        return true;
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return bound;
    }

    @Override
    @SuppressWarnings("deprecation") // The form that 4.1 has too.
    protected void doRegister() {
        if (eventLoop() instanceof SingleThreadEventExecutor executor) {
            executor.addShutdownHook(loopEnds);
        }
    }

    @Override
    protected void doDeregister() {
        if (eventLoop() instanceof SingleThreadEventExecutor executor) {
            executor.removeShutdownHook(loopEnds);
        }
    }

    private void closeWithLoop() {
        unsafe().close(unsafe().voidPromise());
    }

    /** The real bind has happened in the master; this one keeps its outcome. */
    @Override
    protected void doBind(SocketAddress localAddress) {
        bound = localAddress;
        state = State.BOUND;
    }

    @Override
    protected void doClose() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        endLane();
        if (lane != null) {
            link.watcher().forget(lane.page());
        }
        binding.closed();
    }

    @Override
    protected void doBeginRead() {
        readPending = true;
        if (lane != null) {
            lane.resume(config().isAutoRead());
        }
    }

    /** Auto-read was switched off. Any thread. */
    void stopReading() {
        if (!isRegistered()) {
            return;
        }
        if (!eventLoop().inEventLoop()) {
            eventLoop().execute(this::stopReading);
        } else if (!config().isAutoRead()) {
            readPending = false;
            if (lane != null) {
                lane.pause();
            }
        }
    }

    @Nullable
    Lane lane() {
        return lane instanceof Lane handedOver ? handedOver : null;
    }

    boolean readIsPending() {
        return readPending;
    }

    /** The bind is complete, its lane connects. */
    void opens(Intake opening) {
        lane = opening;
        opening.open(link.environment());
    }

    void laneOpened() {
        if (lane != null) {
            serves(lane.page(), eventLoop());
        }
        if (lane != null && (readPending || config().isAutoRead())) {
            lane.resume(config().isAutoRead());
        }
        link.bound();
    }

    /** This loop has to do with the page's lane or its connections, from now on. Once for each of them. */
    void serves(ClaimPage page, EventLoop loop) {
        link.watcher().watch(page, loop);
    }

    /**
     * The lane has ended by no wish of ours.
     *
     * @param reason null where the master closed it, or has died
     */
    void laneEnded(@Nullable String reason) {
        if (draining) {
            endLane();
        } else if (!isOpen() || eventLoop().isShuttingDown()) {
            LOGGER.debug("{}: its lane ends with it", this);
        } else if (reason == null) {
            // Both ends of a dead master arrive in any order, so the control connection has a moment to tell.
            link.laneClosed(this);
        } else {
            fail("its lane has ended: " + reason);
        }
    }

    /** Closes this channel, and says why. Any thread. */
    void fail(String reason) {
        if (isOpen()) {
            LOGGER.error("{} takes no more connections and closes: {}", this, reason);
            close();
        }
    }

    /** The last read has come to nothing. With auto-read on again there is one under way. */
    void readAgain() {
        if (isActive() && !config().isAutoRead()) {
            doBeginRead();
        }
    }

    void begins(ServedChild child) {
        children.add(child);
        if (child.isLimited()) {
            link.connections.begins();
        }
    }

    void deliver(Channel child) {
        readPending = false;
        pipeline().fireChannelRead(child);
    }

    /** Any thread. */
    void ended(ServedChild child) {
        if (children.remove(child) && child.isLimited()) {
            link.connections.ended();
        }
        if (draining) {
            link.childEnded();
        }
    }

    /** What a child is to be told; null before a drain. Any thread. */
    @Nullable
    ClusterDraining drainNotice() {
        return drainNotice;
    }

    /** Tells every child, and those that are claimed later. Any thread. */
    void tellChildren(ClusterDraining notice) {
        drainNotice = notice;
        children.forEach(ServedChild::noticeDrain);
    }

    /** Connections received and not ended. Any thread may look. */
    Set<ServedChild> children() {
        return children;
    }

    /**
     * Takes no more; stays open for its children. Any thread.
     *
     * @param readToEnd the master is dead, and nobody else will serve what still lies in the lane
     * @param laneClosed runs on our loop once nothing more will come
     */
    void drain(boolean readToEnd, Runnable laneClosed) {
        draining = true;
        eventLoop().execute(() -> {
            afterLane = laneClosed;
            if (lane == null || lane.isClosing() || !readToEnd) {
                endLane();
            } else {
                // A process that inherited the master's sockets may hold the lane open for ever.
                Future<?> unused = eventLoop().schedule(this::endLane, LAST_READ_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    private void endLane() {
        if (lane != null) {
            lane.close();
        }
        Runnable next = afterLane;
        afterLane = null;
        if (next != null) {
            next.run();
        }
    }
}
