package org.nettycluster.examples.http;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A client of HTTP/1.1 that sends what it is told, byte for byte. Blocks for at most 20 s. */
final class RawClient implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;

    RawClient(InetSocketAddress server) throws IOException {
        socket.setSoTimeout(20_000);
        socket.connect(server);
        in = new BufferedInputStream(socket.getInputStream(), 65536);
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    Answer get(String target) throws IOException {
        return send(request("GET", target)).answer();
    }

    /** A request without a body and without special wishes. */
    static String request(String method, String target) {
        return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    Answer answer() throws IOException {
        return answer(true);
    }

    /** The head says that a body follows, and none does. */
    Answer answerToHead() throws IOException {
        return answer(false);
    }

    private Answer answer(boolean withBody) throws IOException {
        String status = line();
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        String body = "";
        if (withBody && headers.containsKey("content-length")) {
            body = text(Integer.parseInt(headers.get("content-length")));
        } else if (withBody && headers.containsKey("transfer-encoding")) {
            body = chunks();
        }
        return new Answer(Integer.parseInt(status.split(" ", 3)[1]), headers, body);
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        int length;
        do {
            length = Integer.parseInt(line(), 16);
            body.append(text(length));
            line();
        } while (length > 0);
        return body.toString();
    }

    private String text(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("end of stream after " + bytes.length + " of " + length + " bytes");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("end of stream after '" + line + "'");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /** Waits for the server's FIN and finds nothing before it. */
    boolean ended() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }
}
