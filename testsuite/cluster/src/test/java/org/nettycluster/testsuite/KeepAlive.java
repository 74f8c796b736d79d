package org.nettycluster.testsuite;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;

/** A connection that stays open between its requests. One thread. */
final class KeepAlive implements Closeable {
    private static final String LENGTH = "content-length:";

    private final Socket socket;
    private final BufferedReader in;

    KeepAlive(InetSocketAddress server) throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        socket.connect(server, 10_000);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Sends a GET without waiting for its answer. */
    void send(String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: t\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** The body of the next answer. */
    String receive() throws IOException {
        int length = -1;
        for (String line = in.readLine(); line == null || !line.isEmpty(); line = in.readLine()) {
            if (line == null) {
                throw new IOException("the connection ended within an answer");
            }
            if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                length = Integer.parseInt(line.substring(LENGTH.length()).strip());
            }
        }
        char[] body = new char[length];
        for (int read = 0; read < length; ) {
            int count = in.read(body, read, length - read);
            if (count < 0) {
                throw new IOException("the connection ended within a body");
            }
            read += count;
        }
        return new String(body);
    }

    String get(String path) throws IOException {
        send(path);
        return receive();
    }

    /** Which process answers here. */
    long pid() throws IOException {
        String body = get("/");
        Matcher greeting = Client.GREETING.matcher(body);
        if (!greeting.matches()) {
            throw new IOException("no greeting: " + body);
        }
        return Long.parseLong(greeting.group(2));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
