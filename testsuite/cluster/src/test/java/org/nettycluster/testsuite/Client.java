package org.nettycluster.testsuite;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nettycluster.testsuite.Answer.Outcome;

/** One connection for one question, blocking, to its end of file. Immutable; any number of threads may use it. */
final class Client {
    static final Pattern GREETING = Pattern.compile("hello from worker ([0-9.]+) \\(pid ([0-9]+)\\)\n");

    private final InetSocketAddress server;
    private final int timeoutMillis;

    Client(InetSocketAddress server, Duration timeout) {
        this.server = server;
        this.timeoutMillis = (int) timeout.toMillis();
    }

    /** Gets a path that answers with the greeting. */
    Answer get(String path) {
        return get(path, System.nanoTime());
    }

    Answer get(String path, long startedAt) {
        return exchange("GET " + path + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", "", startedAt);
    }

    /** Two requests in one segment: the nonce must come back, and the greeting says from whom. */
    Answer echo(String nonce, long startedAt) {
        return exchange(
                "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: " + nonce.length() + "\r\n\r\n" + nonce
                        + "GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
                nonce,
                startedAt);
    }

    private Answer exchange(String request, String nonce, long startedAt) {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(timeoutMillis);
            socket.connect(server, timeoutMillis);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return read(socket.getInputStream(), nonce, startedAt);
        } catch (SocketTimeoutException e) {
            return failed(Outcome.TIMEOUT, e.getMessage(), startedAt);
        } catch (ConnectException e) {
            return failed(Outcome.REFUSED, e.getMessage(), startedAt);
        } catch (SocketException e) {
            return failed(Outcome.RESET, e.getMessage(), startedAt);
        } catch (IOException e) {
            return failed(Outcome.WRONG, e.toString(), startedAt);
        }
    }

    private static Answer read(InputStream in, String nonce, long startedAt) throws IOException {
        byte[] bytes = new byte[4096];
        int length = 0;
        long pid = 0;
        long body = 0;
        while (true) {
            int count = in.read(bytes, length, bytes.length - length);
            if (count < 0) {
                break;
            }
            length += count;
            String text = new String(bytes, 0, length, StandardCharsets.US_ASCII);
            Matcher greeting = GREETING.matcher(text);
            if (pid == 0 && greeting.find() && text.contains("\r\n\r\n" + nonce)) {
                body = System.nanoTime() - startedAt;
                pid = Long.parseLong(greeting.group(2));
            }
            if (length == bytes.length) {
                return failed(Outcome.WRONG, "longer than expected: " + text, startedAt);
            }
        }
        long eof = System.nanoTime() - startedAt;
        if (pid == 0) {
            return failed(
                    Outcome.WRONG,
                    "ended after '" + new String(Arrays.copyOf(bytes, length), StandardCharsets.US_ASCII) + "'",
                    startedAt);
        }
        if (GREETING.matcher(new String(bytes, 0, length, StandardCharsets.US_ASCII))
                        .results()
                        .count()
                > 1) {
            return failed(Outcome.WRONG, "answered twice", startedAt);
        }
        return new Answer(Outcome.OK, "", pid, startedAt, body, eof);
    }

    private static Answer failed(Outcome outcome, String detail, long startedAt) {
        long time = System.nanoTime() - startedAt;
        return new Answer(outcome, String.valueOf(detail), 0, startedAt, time, time);
    }
}
