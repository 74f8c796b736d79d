package org.nettycluster.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * A closed loop of clients: each connects, asks, reads to the end, and does it again. They come from {@value #ADDRESSES}
 * addresses of the loopback network, so that ports do not run out and source hashing has something to tell apart.
 */
final class ShortConnections {
    private static final int ADDRESSES = 250;
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private ShortConnections() {}

    /**
     * Returns when all are done.
     *
     * @return nanoseconds from connect to the end of file
     */
    static Histogram make(InetSocketAddress target, int clients, long connections) {
        AtomicLong numbers = new AtomicLong();
        List<CompletableFuture<Histogram>> running = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            CompletableFuture<Histogram> client = new CompletableFuture<>();
            new Thread(() -> client.completeAsync(() -> loop(target, numbers, connections), Runnable::run)).start();
            running.add(client);
        }
        Histogram all = new Histogram(3);
        running.forEach(client -> all.add(client.join()));
        return all;
    }

    private static Histogram loop(InetSocketAddress target, AtomicLong numbers, long connections) {
        Histogram times = new Histogram(3);
        byte[] buffer = new byte[4096];
        for (long number = numbers.getAndIncrement(); number < connections; number = numbers.getAndIncrement()) {
            long start = System.nanoTime();
            try (Socket socket = connect(target, number)) {
                socket.setSoTimeout(30_000);
                socket.getOutputStream().write(REQUEST);
                while (socket.getInputStream().read(buffer) >= 0) {
                    // To the end.
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            times.recordValue(System.nanoTime() - start);
        }
        return times;
    }

    /** From the address that this number has. */
    static Socket connect(InetSocketAddress target, long number) throws IOException {
        Socket socket = new Socket();
        try {
            socket.bind(new InetSocketAddress(
                    InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (1 + number % ADDRESSES)}), 0));
            socket.connect(target);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return socket;
    }
}
