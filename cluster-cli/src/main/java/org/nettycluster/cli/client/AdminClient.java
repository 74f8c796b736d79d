package org.nettycluster.cli.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request to one admin socket, and its answer as it comes: as much of HTTP/1.1 as that needs. Used by one
 * thread.
 */
final class AdminClient implements AutoCloseable {
    private static final int LONGEST_LINE = 1024 * 1024;

    private final SocketChannel channel;
    private final InputStream in;
    private int status;
    /** Of the body, or of the present chunk; -1 where the connection's end is the body's. */
    private long left = -1;

    private boolean chunked;
    private boolean ended;

    private AdminClient(SocketChannel channel) {
        this.channel = channel;
        this.in = new BufferedInputStream(Channels.newInputStream(channel));
    }

    /**
     * Sends the request and reads the head of the answer.
     *
     * @param limit after which the connection is closed, whatever happens on it; zero for never
     * @throws IOException if nobody listens there, or what it answers is not HTTP
     */
    static AdminClient send(Path socket, String method, String target, String body, Duration limit) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            if (!limit.isZero()) {
                Thread watchdog = new Thread(() -> closeAfter(limit, channel), "watchdog");
                watchdog.setDaemon(true);
                watchdog.start();
            }
            channel.connect(UnixDomainSocketAddress.of(socket));
            byte[] content = body.getBytes(StandardCharsets.UTF_8);
            String head = method + " " + target + " HTTP/1.1\r\nHost: ncluster\r\nConnection: close\r\nContent-Length: "
                    + content.length + "\r\n\r\n";
            write(channel, head.getBytes(StandardCharsets.US_ASCII));
            write(channel, content);
            AdminClient client = new AdminClient(channel);
            client.readHead();
            return client;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether there is a process behind this socket. */
    static boolean listens(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static void closeAfter(Duration limit, SocketChannel channel) {
        try {
            Thread.sleep(limit.toMillis());
            channel.close();
        } catch (IOException | InterruptedException e) {
            // Then it is closed, or nobody waits for it.
        }
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private void readHead() throws IOException {
        String first = rawLine();
        if (!first.matches("HTTP/1\\.[01] \\d{3}.*")) {
            throw new IOException("not an HTTP answer: " + first);
        }
        status = Integer.parseInt(first.substring(9, 12));
        for (String line = rawLine(); !line.isEmpty(); line = rawLine()) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                left = Long.parseLong(
                        header.substring("content-length:".length()).strip());
            } else if (header.startsWith("transfer-encoding:") && header.contains("chunked")) {
                chunked = true;
                left = 0;
            }
        }
    }

    /** HTTP's status. */
    int status() {
        return status;
    }

    /**
     * The next line of the body without its end; null after the last.
     *
     * @throws IOException if the connection ends before the body does
     */
    @Nullable
    String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = read(); ; next = read()) {
            if (next == '\n' || next < 0) {
                return next < 0 && line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
            }
            if (line.size() == LONGEST_LINE) {
                throw new IOException("a line of more than " + LONGEST_LINE + " bytes");
            }
            line.write(next);
        }
    }

    /** The next byte of the body, -1 at its end. */
    private int read() throws IOException {
        if (left == 0 && chunked && !ended) {
            left = Long.parseLong(rawLine().strip(), 16);
            if (left == 0) {
                ended = true;
            }
        }
        if (ended || left == 0) {
            return -1;
        }
        int next = in.read();
        if (next < 0) {
            if (left > 0) {
                throw new EOFException("the answer ended early");
            }
            return -1;
        }
        if (left > 0 && --left == 0 && chunked) {
            rawLine();
        }
        return next;
    }

    /** A line of the head, or around a chunk. */
    private String rawLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended early");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
