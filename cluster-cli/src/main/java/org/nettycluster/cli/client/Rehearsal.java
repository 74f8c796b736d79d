package org.nettycluster.cli.client;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nettycluster.admin.AdminEndpoint;

/**
 * A cluster of one thread and one answer, for the launcher script: an archive of classes is worth as much as what was
 * loaded when it was written, and then no cluster need run.
 */
final class Rehearsal implements AutoCloseable {
    private static final String STATUS = """
            {"name":"rehearsal","version":"0","pid":1,"uptimeMillis":1,"workers":1,"ready":1,\
            "listeners":[{"address":"127.0.0.1:1","accepted":1}],\
            "slots":[{"slot":1,"worker":"1.1","state":"ready","paused":false,"pid":1,\
            "since":"2026-01-01T00:00:00Z","crashes":0,"active":0,"lastExit":null,"lastLines":[]}],"change":null}""";

    private final Path directory;
    private final ServerSocketChannel server;

    private Rehearsal(Path directory, ServerSocketChannel server) {
        this.directory = directory;
        this.server = server;
    }

    static Rehearsal begin() throws IOException {
        Path directory = Files.createTempDirectory("ncluster");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(directory.resolve(AdminEndpoint.SOCKET)));
        Rehearsal rehearsal = new Rehearsal(directory, server);
        Thread thread = new Thread(rehearsal::answer, "rehearsal");
        thread.setDaemon(true);
        thread.start();
        return rehearsal;
    }

    Path directory() {
        return directory;
    }

    private void answer() {
        String answer = "HTTP/1.1 200 OK\r\ncontent-length: " + STATUS.length() + "\r\n\r\n" + STATUS;
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                if (client.read(ByteBuffer.allocate(1024)) > 0) {
                    client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
                }
            } catch (IOException e) {
                // It was closed, or its client did not wait.
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(directory.resolve(AdminEndpoint.SOCKET));
        Files.deleteIfExists(directory);
    }
}
