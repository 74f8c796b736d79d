package org.nettycluster.testsuite.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One blocking connection to a greeting server. One thread at a time. */
final class Client implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket = new Socket();
    private final BufferedReader in;

    Client(InetSocketAddress server) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(server, PATIENCE_MILLIS);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    static Client local(int port) throws IOException {
        return new Client(new InetSocketAddress("127.0.0.1", port));
    }

    /** Asks once, and says which worker has answered. */
    static int askOnce(int port) throws IOException {
        try (Client client = local(port)) {
            return client.worker();
        }
    }

    /** Asks until so many workers have answered, and returns how often. One that has just come may miss its first turn. */
    static int meet(int port, int workers) throws IOException {
        Set<Integer> met = new HashSet<>();
        int asked = 0;
        for (; met.size() < workers; asked++) {
            if (asked == 100) {
                throw new AssertionError("of 100 clients all were served by " + met);
            }
            met.add(askOnce(port));
        }
        return asked;
    }

    /** The number with which its worker greets. */
    int worker() throws IOException {
        String line = in.readLine();
        if (line == null) {
            throw new AssertionError("the connection has ended without a greeting");
        }
        return Integer.parseInt(line);
    }

    /** What comes back. */
    String echo(String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        return String.valueOf(in.readLine());
    }

    /** The next line; null at its end, whether in good order or by a reset. */
    @Nullable
    String read() throws IOException {
        try {
            return in.readLine();
        } catch (SocketException e) {
            return null;
        }
    }

    /** Ends in good order. */
    void end() throws IOException {
        socket.close();
    }

    /** Ends with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
