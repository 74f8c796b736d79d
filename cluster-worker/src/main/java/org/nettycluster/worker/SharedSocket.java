package org.nettycluster.worker;

import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * This worker's copy of a listening socket: accepts from it, as far as its {@link Share} goes, one connection at each
 * wake-up. On the server channel's loop. Owns the copy; to close it leaves the socket to master and other workers.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty's methods return futures that few callers need.
final class SharedSocket {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(SharedSocket.class);
    /** More than any backlog that the kernel grants without being told to. */
    private static final int MOST_LEFT = 4096;

    private static final int ENOMEM = 12;
    private static final int ENFILE = 23;
    private static final int EMFILE = 24;
    private static final int ENOBUFS = 105;

    private final SharedLane lane;
    private final ClusterServerSocketChannel server;
    private final LinuxSocket socket;
    private final Share share;
    private final AcceptQueue queue;
    private final byte[] peer = new byte[1 + 24];
    private boolean taking;
    private boolean away;
    private boolean closed;

    SharedSocket(SharedLane lane, ClusterServerSocketChannel server, LinuxSocket socket, Share share) {
        this.lane = lane;
        this.server = server;
        this.socket = socket;
        this.share = share;
        queue = AcceptQueue.of(server, this);
    }

    LinuxSocket descriptor() {
        return socket;
    }

    /** Whether to accept. */
    void take(boolean now) {
        if (closed || taking == now) {
            return;
        }
        taking = now;
        share.wants(now);
        if (now && !away) {
            enter();
        } else {
            queue.leave();
        }
    }

    private void enter() {
        share.queued(System.nanoTime());
        queue.enter();
    }

    /** There may be a client. */
    void ready() {
        if (!taking || away) {
            return;
        }
        long hold = share.hold(System.nanoTime());
        if (hold > 0) {
            // Whoever was woken for this client, we see to it that somebody takes it: we look again soon.
            stayAway(hold);
        } else if (acceptOne()) {
            tookOne();
        }
    }

    private void stayAway(long nanos) {
        away = true;
        queue.leave();
        server.eventLoop().schedule(this::comeBack, nanos, TimeUnit.NANOSECONDS);
    }

    private void comeBack() {
        away = false;
        if (taking) {
            enter();
        }
    }

    /** A connection was taken: now others go first, if we are ahead of them. */
    void tookOne() {
        lane.batchEnds();
        if (!taking || !share.goesBehind()) {
            return;
        }
        if (queue instanceof CommonQueue) {
            stayAway(Share.PAUSE);
        } else {
            enter();
        }
    }

    /** The master is dead: what clients have been promised by the kernel is ours to serve, and our peers'. */
    void takeTheRest() {
        int taken = 0;
        while (taking && taken < MOST_LEFT && acceptOne()) {
            taken++;
        }
        if (taken > 0) {
            lane.batchEnds();
        }
    }

    private boolean acceptOne() {
        int fd;
        try {
            fd = socket.accept(peer);
        } catch (IOException e) {
            failed(e);
            return false;
        }
        if (fd == -1) {
            return false;
        }
        accepted(fd, peer, 1, peer[0]);
        return true;
    }

    /** This one is ours, and its descriptor too until a channel owns it. */
    void accepted(int fd, byte[] address, int offset, int length) {
        share.took();
        SocketChannel child;
        try {
            InetSocketAddress remote = NativeInetAddress.address(address, offset, length);
            child = ChildFactory.wrap(server, LinuxSocket.newSocket(fd), remote);
        } catch (RuntimeException e) {
            // As with a true EpollSocketChannel: the client has gone already.
            LOGGER.debug("{} could not wrap a connection", server, e);
            close(fd);
            return;
        }
        lane.deliver(child, fd);
    }

    /** accept(2) has failed. */
    void failed(Throwable cause) {
        if (cause instanceof NativeIoException failure && isExhausted(-failure.expectedErr())) {
            lane.exhausted(failure);
        } else {
            // ECONNABORTED and its kind: that client has gone, the next one has not.
            LOGGER.debug("accept for {} failed: {}", server, cause.getMessage());
        }
    }

    private static boolean isExhausted(int errno) {
        return errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    }

    /** For good. */
    void close() {
        if (!closed) {
            take(false);
            closed = true;
            queue.close();
            try {
                socket.close();
            } catch (IOException e) {
                LOGGER.warn("can't close the listening socket of {}: {}", server, e.getMessage());
            }
        }
    }

    private static void close(int fd) {
        try {
            new FileDescriptor(fd).close();
        } catch (IOException e) {
            LOGGER.debug("can't close descriptor {}", fd, e);
        }
    }

    @Override
    public String toString() {
        return "listening socket of " + server;
    }
}
