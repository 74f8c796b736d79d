package org.nettycluster.benchmarks.faults;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One connection of a client that wants to know who answers, and when. Read by a thread of its own. */
final class HttpClient implements AutoCloseable {
    private static final Pattern WORKER = Pattern.compile("(?i)x-worker: *(\\S+)");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Socket socket;
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private volatile long answeredAt;

    private HttpClient(Socket socket) {
        this.socket = socket;
    }

    static HttpClient open(InetSocketAddress address) throws IOException {
        return new HttpClient(new Socket(address.getAddress(), address.getPort()));
    }

    /** A request of which nobody waits for an answer yet. */
    void send(String path) throws IOException {
        write(path, "keep-alive");
    }

    /** The connection's only request; its answer is read as soon as it comes. */
    void sendLast(String path) throws IOException {
        write(path, "close");
        Thread reader = new Thread(this::readToTheEnd, "client");
        reader.setDaemon(true);
        reader.start();
    }

    private void write(String path, String connection) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: " + connection + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private void readToTheEnd() {
        try {
            StringBuilder text = new StringBuilder();
            InputStream in = socket.getInputStream();
            byte[] bytes = new byte[1024];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                text.append(new String(bytes, 0, count, StandardCharsets.US_ASCII));
            }
            // With its EOF: who holds a copy of the socket somewhere would delay that.
            answeredAt = System.nanoTime();
            answer.complete(worker(text.toString()));
        } catch (IOException e) {
            answer.completeExceptionally(e);
        }
    }

    private static String worker(String text) throws IOException {
        Matcher matcher = WORKER.matcher(text);
        if (!matcher.find()) {
            throw new IOException("no worker has answered: '" + text + "'");
        }
        return matcher.group(1);
    }

    /** Asks, and waits for who answers; the connection stays. */
    String ask(String path) throws IOException {
        send(path);
        byte[] bytes = new byte[4096];
        int count = socket.getInputStream().read(bytes);
        return worker(new String(bytes, 0, Math.max(0, count), StandardCharsets.US_ASCII));
    }

    boolean isAnswered() {
        return answer.isDone();
    }

    /** Who has answered; waits. */
    String answer() throws IOException, InterruptedException {
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a connection that nobody had claimed was not served: " + e, e);
        }
    }

    /** When answer and EOF were there. */
    long answeredAt() {
        return answeredAt;
    }

    /** Whether the other side ends the connection by then. */
    boolean isEndedWithin(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
        try {
            while (socket.getInputStream().read() >= 0) {
                // An answer, or the rest of one.
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            // Reset: an end, too.
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
