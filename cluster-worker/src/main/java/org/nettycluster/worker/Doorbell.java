package org.nettycluster.worker;

import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Wakes the master: one byte up the lane, which says only 'look at the page'. Any thread may ring; the byte is written on
 * the lane's loop, and rings that come before it are one.
 */
final class Doorbell {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Doorbell.class);
    private static final ByteBuffer BYTE = ByteBuffer.allocateDirect(1);

    private final EventLoop loop;
    private final AtomicBoolean rung = new AtomicBoolean();

    private @Nullable EpollDomainSocketChannel lane;

    Doorbell(EventLoop loop) {
        this.loop = loop;
    }

    /** The hello is written, so bytes are bells from now on. On the lane's loop. */
    void connect(EpollDomainSocketChannel channel) {
        lane = channel;
    }

    boolean isConnected() {
        return lane != null;
    }

    void ring() {
        if (loop.inEventLoop()) {
            write();
        } else if (rung.compareAndSet(false, true)) {
            try {
                loop.execute(() -> {
                    // Before the byte: whoever rings after this line needs another.
                    rung.set(false);
                    write();
                });
            } catch (RejectedExecutionException e) {
                LOGGER.debug("no bell for the master: the loop has ended, and the lane with it");
            }
        }
    }

    // Never through the channel: a full pipe may swallow a bell, because the master has not read the earlier ones yet.
    private void write() {
        EpollDomainSocketChannel channel = lane;
        if (channel == null || !channel.isOpen()) {
            return;
        }
        try {
            channel.fd().write(BYTE, 0, 1);
        } catch (IOException e) {
            LOGGER.debug("no bell for the master: {}", e.getMessage());
        }
    }
}
