package org.nettycluster.worker;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** The one loop on which a worker talks with its master, a daemon thread. Any thread may send it a task. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class ControlLoop {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ControlLoop.class);

    private final EventLoopGroup group;
    private final EventLoop loop;

    @SuppressWarnings("deprecation") // The one group class that both lines of Netty have.
    ControlLoop() {
        group = new EpollEventLoopGroup(1, new DefaultThreadFactory("ncluster-control", true));
        loop = group.next();
    }

    EventLoop loop() {
        return loop;
    }

    /** At once where this is the loop; false if it has ended. */
    boolean execute(Runnable task) {
        try {
            if (loop.inEventLoop()) {
                task.run();
            } else {
                loop.execute(task);
            }
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Never, if the loop ends before. */
    void schedule(Runnable task, long millis) {
        try {
            loop.schedule(task, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOGGER.debug("the control loop has ended", e);
        }
    }

    /** What was queued earlier is still done. */
    void end() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }
}
