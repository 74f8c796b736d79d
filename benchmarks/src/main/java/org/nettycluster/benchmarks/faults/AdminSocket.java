package org.nettycluster.benchmarks.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Asks a cluster's admin socket directly, for figures that a command's own start would spoil. Stateless but for its path:
 * a connection for each request.
 *
 * @param path of the socket
 */
record AdminSocket(Path path) {
    /**
     * The body of the answer.
     *
     * @throws IOException if nobody answers, or not with 200
     */
    String ask(String method, String target, String body) throws IOException {
        String answer = exchange(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body);
        int blank = answer.indexOf("\r\n\r\n");
        if (!answer.startsWith("HTTP/1.1 200") || blank < 0) {
            throw new IOException(method + " " + target + " was answered: "
                    + answer.lines().findFirst().orElse("nothing") + " "
                    + (blank < 0 ? "" : answer.substring(blank).strip()));
        }
        String content = answer.substring(blank + 4);
        return answer.substring(0, blank).toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")
                ? joined(content)
                : content;
    }

    private String exchange(String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            ByteBuffer in = ByteBuffer.allocate(16 * 1024);
            while (channel.read(in) >= 0) {
                all.write(in.array(), 0, in.position());
                in.clear();
            }
            // One byte a character, so that the lengths of chunks are right.
            return all.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private static String joined(String chunks) {
        StringBuilder whole = new StringBuilder();
        int at = 0;
        while (true) {
            int end = chunks.indexOf("\r\n", at);
            int length =
                    end < 0 ? 0 : Integer.parseInt(chunks.substring(at, end).strip(), 16);
            if (length == 0) {
                return whole.toString();
            }
            whole.append(chunks, end + 2, end + 2 + length);
            at = end + 2 + length + 2;
        }
    }
}
