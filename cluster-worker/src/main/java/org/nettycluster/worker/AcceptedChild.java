package org.nettycluster.worker;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connection that this worker has accepted itself: ours from the first moment, so that it only has to be counted, told of
 * a drain and, at a deadline, closed. Any thread. First handler of the pipeline until the child has a loop, and none after.
 */
final class AcceptedChild extends ChannelHandlerAdapter implements ServedChild, ChannelFutureListener {
    /** Its name in the pipeline. */
    static final String NAME = "ncluster-accepted";

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(AcceptedChild.class);

    private final SharedLane lane;
    private final SocketChannel child;
    private final AtomicBoolean ended = new AtomicBoolean();
    /** Its loop's. */
    private boolean told;

    AcceptedChild(SharedLane lane, SocketChannel child) {
        this.lane = lane;
        this.child = child;
    }

    @Override
    public SocketChannel child() {
        return child;
    }

    @Override
    public boolean claimed() {
        return true;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (!child.eventLoop().isShuttingDown()) {
            ctx.pipeline().remove(this);
            return;
        }
        // A loop that ends closes what it has, then runs what was still queued: this child would stay open for ever.
        // The application's initializer is behind us, and never sees it.
        LOGGER.debug("{} came too late for its loop, which ends: closing it", child);
        for (String name : List.copyOf(ctx.pipeline().toMap().keySet())) {
            ctx.pipeline().remove(name);
        }
        child.unsafe().close(child.voidPromise());
    }

    /** The close future: whoever closed it, and however. */
    @Override
    public void operationComplete(ChannelFuture closed) {
        ends();
    }

    /** Also where Netty tells nobody: it completes no future of a channel that is closed before it has a loop. */
    void ends() {
        if (ended.compareAndSet(false, true)) {
            lane.ended(this);
        }
    }

    @Override
    public void noticeDrain() {
        onItsLoop(() -> {
            ClusterDraining notice = lane.drainNotice();
            if (!told && notice != null && child.isOpen()) {
                told = true;
                notice.tell(child);
            }
        });
    }

    @Override
    public void closeByForce() {
        onItsLoop(() -> child.unsafe().close(child.voidPromise()));
    }

    private void onItsLoop(Runnable task) {
        try {
            child.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            LOGGER.debug("the loop of {} has ended, and closed it", child, e);
        } catch (IllegalStateException e) {
            LOGGER.debug("{} has no loop, since nobody has given it one", child, e);
        }
    }

    @Override
    public String toString() {
        return "accepted " + child;
    }
}
