package org.nettycluster.benchmarks.attack;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.nettycluster.protocol.Hello;
import org.nettycluster.protocol.LaneHello;
import org.nettycluster.protocol.Listening;

/**
 * A worker's end of a lane whose worker has turned bad: noise and descriptors up the socket, garbage in the page, clients
 * of its own who wait for nothing. One thread; owns all of it.
 */
final class Lane implements AutoCloseable {
    private static final int WANTS = 64;

    private final Path socketFile;
    private final Hello hello;
    private final Socket socket;
    private final MappedByteBuffer page;
    private final int listener;
    private final int request;
    private final InetSocketAddress address;
    private final List<SocketChannel> clients = new ArrayList<>();
    private int sent;

    private Lane(Path socketFile, Hello hello, Listening listening, Socket socket, MappedByteBuffer page) {
        this.socketFile = socketFile;
        this.hello = hello;
        this.socket = socket;
        this.page = page;
        this.listener = listening.listener();
        this.request = listening.request();
        this.address = listening.address();
    }

    static Lane open(Path socketFile, Hello hello, Listening listening) throws IOException {
        MappedByteBuffer page;
        try (FileChannel file =
                FileChannel.open(Path.of(listening.page()), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            page = file.map(MapMode.READ_WRITE, 0, file.size());
            page.order(ByteOrder.nativeOrder());
        }
        Socket socket = Socket.newSocketDomain();
        try {
            socket.connect(new DomainSocketAddress(socketFile.toFile()));
            write(
                    socket,
                    Fuzz.bytes(
                            new LaneHello(hello.worker(), hello.token(), listening.listener(), listening.request())));
            return new Lane(socketFile, hello, listening, socket, page);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** How many descriptors went up. */
    int sent() {
        return sent;
    }

    /** Returns how many frames, or what might have been one, it has sent. */
    int misbehave(Fuzz fuzz) throws IOException {
        int frames = 1;
        page.putLong(WANTS, 1);
        ring();
        for (int i = fuzz.number(6); i > 0; i--) {
            call();
        }
        for (int i = 1 + fuzz.number(8); i > 0; i--) {
            switch (fuzz.number(7)) {
                case 0 -> garbage(fuzz, WANTS, page.capacity());
                case 1 -> garbage(fuzz, 512, page.capacity());
                case 2 -> {
                    write(socket, fuzz.noise(1 + fuzz.number(20_000)));
                    frames++;
                }
                case 3 -> {
                    sent += sendUp(socket, fuzz);
                    frames++;
                }
                case 4 -> receive();
                case 5 -> {
                    // The same promise once more.
                    try (Call again = Call.to(socketFile)) {
                        again.say(Fuzz.bytes(new LaneHello(hello.worker(), hello.token(), listener, request)));
                        frames++;
                        again.isEnded();
                    }
                }
                default -> ring();
            }
            ring();
        }
        return frames;
    }

    /** Not waited for: a backlog of our own choice may be full, and then SYNs are dropped. */
    private void call() throws IOException {
        SocketChannel client = SocketChannel.open();
        clients.add(client);
        client.configureBlocking(false);
        client.connect(address);
    }

    private void garbage(Fuzz fuzz, int from, int to) {
        for (int i = 1 + fuzz.number(12); i > 0; i--) {
            int at = from + 8 * fuzz.number((to - from) / 8);
            long old = page.getLong(at);
            page.putLong(
                    at,
                    switch (fuzz.number(4)) {
                        case 0 -> ByteBuffer.wrap(fuzz.noise(8)).getLong();
                        case 1 -> old ^ 1L << fuzz.number(64);
                        case 2 -> old + 1;
                        default -> 0;
                    });
        }
    }

    private void receive() throws IOException {
        int received = socket.recvFd();
        if (received > 0) {
            new FileDescriptor(received).close();
        }
    }

    private void ring() throws IOException {
        write(socket, new byte[1]);
    }

    private static int sendUp(Socket socket, Fuzz fuzz) throws IOException {
        int count = 0;
        for (int i = 1 + fuzz.number(4); i > 0; i--) {
            // A socket of the same family is the worst: the kernel has to look for circles.
            count += socket.sendFd(fuzz.chance(50) ? socket.intValue() : 0) > 0 ? 1 : 0;
        }
        return count;
    }

    /** As a stranger: descriptors before a word. Returns how many. */
    static int sendDescriptors(Path socketFile, Fuzz fuzz) throws IOException {
        Socket socket = Socket.newSocketDomain();
        try {
            socket.connect(new DomainSocketAddress(socketFile.toFile()));
            return sendUp(socket, fuzz);
        } catch (IOException e) {
            return 0;
        } finally {
            socket.close();
        }
    }

    private static void write(Socket socket, byte[] bytes) throws IOException {
        ByteBuffer out = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        // What does not fit is left out: that is a torn message, too.
        socket.write(out, 0, bytes.length);
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (SocketChannel client : clients) {
            client.close();
        }
    }
}
