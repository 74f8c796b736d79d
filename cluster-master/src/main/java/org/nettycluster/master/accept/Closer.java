package org.nettycluster.master.accept;

import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import org.nettycluster.master.dispatch.AcceptedConnection;

/** Closes what was accepted and is not ours any more. Stateless; on the master's loop. */
final class Closer implements AcceptedConnection.FdCloser {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Closer.class);

    @Override
    public void close(int fd) {
        close(new FileDescriptor(fd));
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
