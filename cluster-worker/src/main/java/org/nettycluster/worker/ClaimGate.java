package org.nettycluster.worker;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.nettycluster.protocol.ClaimPage;
import org.nettycluster.protocol.ClaimState;

/**
 * First handler of a child's pipeline: the connection is ours from the moment it claims the cell, and before that no
 * other handler is added. It also sees to it that the client learns of our close while the master still holds its dup.
 *
 * <p>On the child's loop, except where said. It reads and writes nothing: data never passes it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class ClaimGate extends ChannelDuplexHandler implements ChannelFutureListener, ServedChild {
    /** Its name in the pipeline. */
    static final String NAME = "ncluster-gate";

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ClaimGate.class);

    private final Lane lane;
    private final ClaimPage page;
    private final long sequence;
    private final Channel child;
    private final boolean answersRead;

    private volatile boolean claimed;
    private boolean again;
    private boolean halfClosureIsOurs;
    private boolean hungUp;
    private boolean told;

    /** @param answersRead the application asked for it by {@code read()}, and will not ask again */
    ClaimGate(Lane lane, long sequence, Channel child, boolean answersRead) {
        this.lane = lane;
        this.page = lane.page();
        this.sequence = sequence;
        this.child = child;
        this.answersRead = answersRead;
    }

    long sequence() {
        return sequence;
    }

    @Override
    public Channel child() {
        return child;
    }

    @Override
    public boolean claimed() {
        return claimed;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        boolean ours = false;
        try {
            // A loop that ends closes what it has, then runs what was still queued: this child would stay open for
            // ever.
            ours = !ctx.channel().eventLoop().isShuttingDown() && claim();
        } catch (Throwable e) {
            LOGGER.error("{} could not be claimed: closing it here, the master offers it elsewhere", child, e);
        }
        if (!ours) {
            // Callbacks of handlers behind us are still to come; removing the handlers first takes them back, and the
            // application's initializer never sees a connection that is somebody else's.
            for (String name : List.copyOf(ctx.pipeline().toMap().keySet())) {
                if (!name.equals(ctx.name())) {
                    ctx.pipeline().remove(name);
                }
            }
            // Without shutdown(2): it would end the connection for its next owner too.
            child.unsafe().close(child.voidPromise());
        }
    }

    /** All handlers are added, so what the application wants is known. */
    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        if (again
                && child.isOpen()
                && !Boolean.TRUE.equals(child.config().getOption(ChannelOption.ALLOW_HALF_CLOSURE))) {
            // An EOF would close past the pipeline. As an event it passes here, and a shutdown can come first.
            child.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            halfClosureIsOurs = true;
        }
        ctx.fireChannelRegistered();
        // An orphan's last connections are claimed after everybody else was told.
        tellOfDrain();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (halfClosureIsOurs
                && (event == ChannelInputShutdownEvent.INSTANCE
                        || event == ChannelInputShutdownReadComplete.INSTANCE)) {
            hangUp();
            child.unsafe().close(child.voidPromise());
            return;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (claimed && child.isOpen() && !promise.isDone() && (again || page.unsettled(sequence))) {
            hangUp();
        }
        ctx.close(promise);
    }

    /** The close future: whoever closed it, and however. */
    @Override
    public void operationComplete(ChannelFuture closed) {
        if (claimed) {
            page.countClosed();
            // Our close may not have been the last one: then the client's FIN waits for the master's.
            boolean finWaits = !hungUp && page.unsettled(sequence);
            if (page.takeEndBell() || finWaits) {
                lane.ring();
            }
        } else {
            giveBack();
        }
        lane.ended(this);
        if (answersRead && !claimed) {
            lane.readAgain();
        }
    }

    /**
     * The application closed it before it was registered, so there is no loop to claim it on. On the lane's loop. The
     * application has had it; it is not offered again.
     */
    void closedBeforeRegistration() {
        if (claim()) {
            page.countClosed();
            lane.ring();
        } else {
            giveBack();
        }
        lane.ended(this);
    }

    /** Its loop may have failed to register it. Any thread; a while after that was to happen. */
    void closeUnlessRegistered() {
        try {
            child.eventLoop().execute(() -> {
                if (!claimed && child.isOpen() && !child.isRegistered()) {
                    LOGGER.warn(
                            "{} could not be registered with its loop: closing it here, the master offers it elsewhere: is "
                                    + "the kernel short of memory, or fs.epoll.max_user_watches reached?",
                            child);
                    child.unsafe().close(child.voidPromise());
                }
            });
        } catch (RejectedExecutionException e) {
            LOGGER.debug("the loop of {} has ended, and closed it", child, e);
        }
    }

    /** It never got a loop. On the lane's loop, after the socket was closed. */
    void neverRegistered() {
        giveBack();
        lane.ended(this);
    }

    @Override
    public void noticeDrain() {
        if (claimed) {
            child.eventLoop().execute(this::tellOfDrain);
        }
    }

    private void tellOfDrain() {
        ClusterDraining notice = lane.drainNotice();
        if (!told && notice != null && child.isOpen()) {
            told = true;
            notice.tell(child);
        }
    }

    @Override
    public void closeByForce() {
        try {
            child.eventLoop().execute(() -> {
                if (child.isOpen() && (again || page.unsettled(sequence))) {
                    hangUp();
                }
                child.unsafe().close(child.voidPromise());
            });
        } catch (RejectedExecutionException e) {
            LOGGER.debug("the loop of {} has ended, and closed it", child, e);
        }
    }

    @Override
    public String toString() {
        return "gate of offer " + sequence + " on " + lane;
    }

    private boolean claim() {
        if (page.transition(sequence, ClaimState.OFFERED_AGAIN, ClaimState.CLAIMED)) {
            again = true;
        } else if (!page.transition(sequence, ClaimState.OFFERED, ClaimState.CLAIMED)) {
            return false;
        }
        claimed = true;
        page.countAdopted();
        if (page.takeBell()) {
            lane.ring();
        }
        return true;
    }

    private void giveBack() {
        giveBack(page, sequence);
        lane.ring();
    }

    /** Settles an offer that is not taken. Only after our fd is closed: the answer says that no copy is left here. */
    static void giveBack(ClaimPage page, long sequence) {
        if (page.transition(sequence, ClaimState.OFFERED, ClaimState.REFUSED)
                || page.transition(sequence, ClaimState.OFFERED_AGAIN, ClaimState.REFUSED)) {
            page.countRefused();
        } else if (page.transition(sequence, ClaimState.REVOKED, ClaimState.RETURNED)) {
            page.countReturned();
        }
    }

    // What close(2) would do for the client if we held the only copy of the socket.
    private void hangUp() {
        if (hungUp) {
            return;
        }
        hungUp = true;
        Socket socket = (Socket) ((UnixChannel) child).fd();
        try {
            if (child instanceof SocketChannel tcp && tcp.config().getSoLinger() == 0) {
                socket.disconnect();
                return;
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.debug("{}: no reset before close, a shutdown instead", child, e);
        }
        try {
            socket.shutdown(true, true);
        } catch (IOException | NotYetConnectedException e) {
            LOGGER.debug("{}: no shutdown before close, its peer is gone", child, e);
        }
    }
}
