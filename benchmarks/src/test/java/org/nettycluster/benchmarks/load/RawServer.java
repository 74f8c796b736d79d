package org.nettycluster.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A server on the loopback that does to each connection what it is told, on a thread for each. */
final class RawServer implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** What it does to a connection, which is closed afterwards. */
    @FunctionalInterface
    interface Manners {
        void serve(Peer peer) throws IOException, InterruptedException;
    }

    RawServer(Manners manners) throws IOException {
        threads.execute(() -> accept(manners));
    }

    URI http() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
    }

    URI tcp() {
        return URI.create("tcp://127.0.0.1:" + server.getLocalPort());
    }

    private void accept(Manners manners) {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                threads.execute(() -> {
                    try (socket) {
                        manners.serve(new Peer(socket));
                    } catch (IOException | InterruptedException e) {
                        // The client or the test has gone.
                    } finally {
                        open.remove(socket);
                    }
                });
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }

    /** The other end. */
    static final class Peer {
        final Socket socket;
        private final BufferedReader reader;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        }

        /** The nonce of the next request; null if there is none. */
        @Nullable
        String request() throws IOException {
            String nonce = null;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.isEmpty()) {
                    return nonce;
                }
                if (line.startsWith("x-nonce: ")) {
                    nonce = line.substring("x-nonce: ".length());
                }
            }
            return null;
        }

        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }

        void answer(@Nullable String nonce, String headers) throws IOException {
            send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx-worker: 1.1\r\nx-nonce: " + nonce + "\r\n" + headers
                    + "\r\nok");
        }

        /** With what is unread, or lingering for nothing, the close is a reset. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Until the client has gone. */
        void awaitEnd() throws IOException {
            while (reader.read() >= 0) {
                // Not interesting.
            }
        }
    }
}
