package org.nettycluster.cli.client;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.nettycluster.admin.Json;
import org.nettycluster.admin.JsonObject;

/**
 * A cluster that may be running, as its run directory shows it.
 *
 * @param name of its directory, which is the cluster's unless it was told otherwise
 * @param socket where its admin endpoint is
 */
record Cluster(String name, Path socket) {
    /** A master that lives answers within milliseconds; one that is stopped never does. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** Its status as it was sent, one line of JSON. */
    String status() throws IOException, ClientException {
        return ask("GET", "/v1/status", "", PATIENCE);
    }

    /** A request with one answer. */
    String ask(String method, String target, String body, Duration limit) throws IOException, ClientException {
        try (AdminClient client = AdminClient.send(socket, method, target, body, limit)) {
            String answer = client.line();
            if (answer == null) {
                throw new IOException("it answered nothing");
            }
            if (client.status() != 200) {
                throw refused(client.status(), Json.read(answer));
            }
            return answer;
        }
    }

    /** A request whose answer comes in lines. */
    void follow(String method, String target, String body, Consumer<String> each) throws IOException, ClientException {
        try (AdminClient client = AdminClient.send(socket, method, target, body, Duration.ZERO)) {
            for (String line = client.line(); line != null; line = client.line()) {
                if (client.status() != 200) {
                    throw refused(client.status(), Json.read(line));
                }
                each.accept(line);
            }
        }
    }

    private static ClientException refused(int status, JsonObject answer) {
        int code = switch (status) {
            case 400, 404 -> ClientException.MISTAKE;
            case 409 -> ClientException.NOT_NOW;
            default -> ClientException.FAILED;
        };
        String wayOut = answer.text("wayOut");
        return new ClientException(
                code, answer.text("error") + (wayOut.isEmpty() ? "" : ": " + wayOut), answer.texts("lastLines"));
    }
}
