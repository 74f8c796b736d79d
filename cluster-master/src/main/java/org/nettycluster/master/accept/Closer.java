package org.nettycluster.master.accept;

import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.nettycluster.master.dispatch.AcceptedConnection;

/**
 * Closes what was accepted and is not ours any more, at once or, between {@link #hold} and {@link #release}, a moment
 * later: until then it owns the descriptor. One for each {@link Listener}; on the master's loop.
 */
final class Closer implements AcceptedConnection.FdCloser {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Closer.class);

    private final List<FileDescriptor> held = new ArrayList<>();
    private boolean holds;

    /** From now on {@link #close(int)} waits. */
    void hold() {
        holds = true;
    }

    /** Closes what waits, and from now on at once. Returns whether there was any. */
    boolean release() {
        holds = false;
        if (held.isEmpty()) {
            return false;
        }
        held.forEach(Closer::close);
        held.clear();
        return true;
    }

    @Override
    public void close(int fd) {
        FileDescriptor descriptor = new FileDescriptor(fd);
        if (holds) {
            held.add(descriptor);
        } else {
            close(descriptor);
        }
    }

    @Override
    public void shutdownAndClose(int fd) {
        Socket socket = new Socket(fd);
        try {
            socket.shutdown();
        } catch (IOException e) {
            LOGGER.debug("shutdown of fd {} said: {}", fd, e.getMessage());
        }
        close(socket);
    }

    /** Closes one of which nobody has a copy, with a RST: its client learns at once that nobody will serve it. */
    void reset(int fd) {
        Socket socket = new Socket(fd);
        try {
            socket.setSoLinger(0);
        } catch (IOException e) {
            LOGGER.debug("fd {} is closed without a reset: {}", fd, e.getMessage());
        }
        close(socket);
    }

    private static void close(FileDescriptor descriptor) {
        try {
            descriptor.close();
        } catch (IOException e) {
            // The kernel has released the number whatever close(2) says.
            LOGGER.debug("close of fd {} said: {}", descriptor.intValue(), e.getMessage());
        }
    }
}
