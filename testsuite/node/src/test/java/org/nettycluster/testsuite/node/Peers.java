package org.nettycluster.testsuite.node;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Clients of UDP on loopback, each with a port of its own. Used by one thread. */
final class Peers implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    /** Fewer than the kernel's default receive buffer holds. */
    private static final int WINDOW = 100;

    private final List<DatagramSocket> sockets = new ArrayList<>();
    private int sent;

    Peers(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            sockets.add(new DatagramSocket(0, LOOPBACK));
        }
    }

    int sent() {
        return sent;
    }

    /** So many more, in turn, and never so many at once that a socket could be too small for them. */
    void send(int count, int port, IntSupplier received) throws IOException {
        for (int i = 0; i < count; i++) {
            if (sent - received.getAsInt() >= WINDOW) {
                Cluster.until("they are read", () -> sent - received.getAsInt() < WINDOW);
            }
            sent++;
            sockets.get(sent % sockets.size()).send(datagram(sent, port));
        }
    }

    /** At once, so that they wait if nobody reads. */
    void send(int count, int port) throws IOException {
        send(count, port, () -> sent);
    }

    /** Who reads what this peer sends: the first byte that it gets back. */
    int ask(int peer, int port) throws IOException {
        DatagramSocket socket = sockets.get(peer);
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(20));
        socket.send(datagram(0, port));
        DatagramPacket answer = datagram(0, 0);
        socket.receive(answer);
        return answer.getData()[3];
    }

    private static DatagramPacket datagram(int number, int port) {
        byte[] bytes = {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number};
        return new DatagramPacket(bytes, bytes.length, LOOPBACK, port);
    }

    @Override
    public void close() {
        sockets.forEach(DatagramSocket::close);
    }
}
