package org.nettycluster.testsuite;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Descriptors that this process has sent to itself and never receives, until it is closed. */
final class DescriptorsInFlight implements AutoCloseable {
    /** As many as fit into a socket's buffer for sure. */
    private static final int PER_SOCKET = 200;

    private final Path directory;
    private final List<Socket> sockets = new ArrayList<>();

    DescriptorsInFlight(long count) throws IOException {
        Epoll.ensureAvailability();
        directory = Files.createTempDirectory("ncluster-flight");
        DomainSocketAddress address =
                new DomainSocketAddress(directory.resolve("socket").toString());
        Socket server = add();
        server.bind(address);
        server.listen((int) (count / PER_SOCKET) + 1);
        FileDescriptor[] pipe = FileDescriptor.pipe();
        try {
            for (long sent = 0; sent < count; sent++) {
                if (sent % PER_SOCKET == 0) {
                    // Never accepted: its messages lie there as well.
                    add().connect(address);
                }
                if (sockets.get(sockets.size() - 1).sendFd(pipe[0].intValue()) < 0) {
                    throw new IOException("the buffer is full after " + sent);
                }
            }
        } finally {
            pipe[0].close();
            pipe[1].close();
        }
    }

    private Socket add() {
        Socket socket = Socket.newSocketDomain();
        sockets.add(socket);
        return socket;
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        Files.deleteIfExists(directory.resolve("socket"));
        Files.deleteIfExists(directory);
    }
}
