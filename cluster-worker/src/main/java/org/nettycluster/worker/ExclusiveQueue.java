package org.nettycluster.worker;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Netty 4.2: waits with EPOLLEXCLUSIVE (epoll_ctl(2)), so that a client wakes one worker and not all. On the server
 * channel's loop; loaded on 4.2 alone.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class ExclusiveQueue implements AcceptQueue, EpollIoHandle {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ExclusiveQueue.class);
    private static final EpollIoOps ONE_OF_US = EpollIoOps.valueOf(EpollIoOps.EPOLLIN.value() | 1 << 28);
    private static final long TRY_AGAIN_MILLIS = 100;

    private final IoEventLoop loop;
    private final SharedSocket socket;
    private @Nullable IoRegistration registration;
    private boolean waits;

    ExclusiveQueue(EventLoop loop, SharedSocket socket) {
        this.loop = (IoEventLoop) loop;
        this.socket = socket;
    }

    @Override
    public void enter() {
        leave();
        waits = true;
        // An exclusive entry can't be changed, only removed and made anew.
        Future<IoRegistration> registered = loop.register(this);
        if (registered.isDone()) {
            entered(registered);
        } else {
            registered.addListener(this::entered);
        }
    }

    private void entered(Future<? super IoRegistration> registered) {
        IoRegistration entry = (IoRegistration) registered.getNow();
        if (entry == null) {
            LOGGER.debug("{} takes no part any more", socket, registered.cause());
        } else if (!waits) {
            entry.cancel();
        } else {
            registration = entry;
            show(entry);
        }
    }

    private void show(IoRegistration entry) {
        try {
            entry.submit(ONE_OF_US);
        } catch (UncheckedIOException e) {
            LOGGER.warn("{} can't wait for clients, will try again in 100 ms: {}", socket, e.getMessage());
            loop.schedule(this::tryAgain, TRY_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void tryAgain() {
        if (waits) {
            enter();
        }
    }

    @Override
    public void leave() {
        waits = false;
        IoRegistration entry = registration;
        registration = null;
        if (entry != null) {
            entry.cancel();
        }
    }

    @Override
    public FileDescriptor fd() {
        return socket.descriptor();
    }

    @Override
    public void handle(IoRegistration registered, IoEvent event) {
        if (waits) {
            socket.ready();
        }
    }

    /** Also where the loop ends, and Netty closes what is registered with it. */
    @Override
    public void close() {
        leave();
        socket.close();
    }
}
