package org.nettycluster.worker;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.TurnPage;
import org.nettycluster.protocol.WorkerEnvironment;

/**
 * The lane of a listener whose workers accept for themselves. The first message brings the listening socket; each later one
 * brings it again and means: look at the turn page, and whether a client waits.
 *
 * <p>Everything on the server channel's loop, which is also the lane's, except where said. Owns the lane's socket, the
 * {@link SharedSocket}, and this worker's mappings of the two pages.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class SharedLane extends ChannelInboundHandlerAdapter implements Intake, LaneOpening.Outcome {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(SharedLane.class);
    /** After an accept that found no descriptor or memory. */
    private static final long PAUSE_MILLIS = 100;
    /** A worker that was stopped or killed as it was woken for a client has told nobody. */
    private static final long LOOK_MILLIS = 500;

    private static final long LOG_INTERVAL = TimeUnit.SECONDS.toNanos(10);

    private static final int ECONNRESET = 104;

    private final ClusterServerSocketChannel server;
    private final ClaimPage page;
    private final TurnPage turns;
    private final Listening.Share terms;
    private final LaneHello hello;
    private final EventLoop loop;
    private final Doorbell doorbell;
    private final DescriptorWatch descriptors;
    private final ConnectionLimit limit;
    private final ConnectionCount ownConnections = new ConnectionCount();
    private final ConnectionLimit ownLimit;
    private final Set<EventLoop> loops = new HashSet<>();

    private @Nullable EpollDomainSocketChannel channel;
    private @Nullable SharedSocket socket;
    private @Nullable ScheduledFuture<?> looks;
    private int delivered;
    private boolean insideRead;
    private boolean wants;
    private boolean reading;
    private boolean paused;
    private boolean held;
    private boolean full;
    private boolean closing;
    private long lastExhaustedLog = System.nanoTime() - LOG_INTERVAL;

    /**
     * @param own connections of this listener that the worker has at most; 0 for no limit
     * @param connections of the whole worker
     */
    SharedLane(
            ClusterServerSocketChannel server,
            ClaimPage page,
            TurnPage turns,
            Listening.Share terms,
            int own,
            LaneHello hello,
            ConnectionCount connections) {
        this.server = server;
        this.page = page;
        this.turns = turns;
        this.terms = terms;
        this.hello = hello;
        this.loop = server.eventLoop();
        this.doorbell = new Doorbell(loop);
        this.descriptors = new DescriptorWatch(server, loop, DescriptorReserve.ofThisProcess(), this::publishWants);
        this.limit = new ConnectionLimit(terms.limit(), connections, loop, this::look);
        this.ownLimit = new ConnectionLimit(own, ownConnections, loop, this::look);
        loops.add(loop);
    }

    @Override
    public void open(WorkerEnvironment environment) {
        channel = LaneOpening.start(server, environment, hello, this, this);
    }

    @Override
    public boolean isWanted() {
        return !closing;
    }

    @Override
    public void opened(EpollDomainSocketChannel lane) {
        doorbell.connect(lane);
        lane.config().setAutoRead(true);
    }

    @Override
    public void failed(String reason) {
        end(reason);
    }

    @Override
    public ClaimPage page() {
        return page;
    }

    @Override
    public void resume(boolean auto) {
        reading = true;
        publishWants();
    }

    @Override
    public void pause() {
        reading = false;
        publishWants();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
        insideRead = true;
        FileDescriptor received = (FileDescriptor) message;
        if (closing) {
            received.close();
        } else if (socket != null) {
            received.close();
            look();
        } else {
            begin(received);
        }
    }

    private void begin(FileDescriptor received) throws IOException {
        try {
            LinuxSocket listening = LinuxSocket.newSocket(received.intValue());
            socket = new SharedSocket(this, server, listening, new Share(turns, terms.place()));
        } catch (RuntimeException e) {
            received.close();
            end("it carried no socket: " + e.getMessage());
            return;
        }
        looks = loop.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        held = turns.isHeld(terms.place());
        server.laneOpened();
    }

    /** Both are asked: each tells of a place only whoever has asked it. */
    private boolean isFull() {
        boolean workerIs = limit.isReached();
        return ownLimit.isReached() || workerIs;
    }

    /** At what the master says on the page, and whether a client waits. */
    private void look() {
        held = turns.isHeld(terms.place());
        full = isFull();
        publishWants();
        if (wants && socket != null) {
            socket.ready();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        insideRead = false;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (Lane.isLostMessage(cause)) {
            if (socket == null) {
                end("the listening socket was lost on its way here: is the limit of open files (ulimit -n) reached? "
                        + cause.getMessage());
            } else {
                look();
            }
        } else if (cause instanceof NativeIoException failure && failure.expectedErr() == -ECONNRESET) {
            // An end of file, from a master that left some of our bells unread.
            masterHasClosed();
        } else {
            end("it failed: " + cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        insideRead = false;
        masterHasClosed();
    }

    private void masterHasClosed() {
        if (!closing && socket != null) {
            socket.takeTheRest();
        }
        end(null);
    }

    /** One that was accepted, into the server's pipeline. */
    void deliver(SocketChannel child, int descriptor) {
        AcceptedChild accepted = new AcceptedChild(this, child);
        child.pipeline().addFirst(AcceptedChild.NAME, accepted);
        page.countAdopted();
        turns.countOpen(terms.place(), 1);
        server.begins(accepted);
        ownConnections.begins();
        child.closeFuture().addListener(accepted);
        delivered++;
        server.deliver(child);
        EventLoop itsLoop = loopOf(child);
        if (itsLoop != null && loops.add(itsLoop)) {
            server.serves(page, itsLoop);
        }
        if (!child.isOpen()) {
            accepted.ends();
        } else if (drainNotice() != null) {
            // Everybody else was told before it came.
            accepted.noticeDrain();
        }
        descriptors.received(descriptor);
        full = isFull();
        publishWants();
    }

    private static @Nullable EventLoop loopOf(SocketChannel child) {
        try {
            return child.eventLoop();
        } catch (IllegalStateException e) {
            return null;
        }
    }

    /** What answers a read is complete. */
    void batchEnds() {
        if (delivered == 0) {
            return;
        }
        delivered = 0;
        server.pipeline().fireChannelReadComplete();
        if (!closing && reading && !server.config().isAutoRead() && !server.readIsPending()) {
            pause();
        }
    }

    /** Neither spin nor accept and close: clients wait in the backlog, or go to other workers. */
    void exhausted(NativeIoException failure) {
        long now = System.nanoTime();
        if (now - lastExhaustedLog >= LOG_INTERVAL) {
            lastExhaustedLog = now;
            LOGGER.warn(
                    "{} can't accept, next try in 100 ms: {}: raise the limit of open files (ulimit -n)",
                    server,
                    failure.getMessage());
        }
        paused = true;
        publishWants();
        loop.schedule(this::unpause, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void unpause() {
        paused = false;
        publishWants();
    }

    /** Any thread. */
    void ended(AcceptedChild child) {
        page.countClosed();
        turns.countOpen(terms.place(), -1);
        if (page.takeEndBell()) {
            doorbell.ring();
        }
        server.ended(child);
        ownConnections.ended();
    }

    @Nullable
    ClusterDraining drainNotice() {
        return server.drainNotice();
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        reading = false;
        publishWants();
        closing = true;
        limit.close();
        ownLimit.close();
        if (looks != null) {
            looks.cancel(false);
        }
        if (socket != null) {
            socket.close();
        }
        EpollDomainSocketChannel lane = channel;
        if (lane == null) {
            return;
        }
        if (insideRead) {
            // Netty would go on to read from a number that may be another socket's by then.
            loop.execute(lane::close);
        } else {
            lane.close();
        }
    }

    @Override
    public boolean isClosing() {
        return closing;
    }

    @Override
    public String toString() {
        return "shared lane of " + server;
    }

    private void end(@Nullable String reason) {
        if (!closing) {
            close();
            server.laneEnded(reason);
        }
    }

    private void publishWants() {
        SharedSocket listening = socket;
        boolean now = listening != null && reading && !paused && !held && !full && !descriptors.areShort() && !closing;
        if (now != wants && listening != null) {
            wants = now;
            // Before the bell: the master then has the others look for a client that we were woken for.
            listening.take(now);
            page.wants(now);
            doorbell.ring();
        }
    }
}
