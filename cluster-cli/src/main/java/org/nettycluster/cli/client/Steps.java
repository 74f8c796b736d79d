package org.nettycluster.cli.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.nettycluster.admin.Json;
import org.nettycluster.admin.JsonObject;

/** Shows the steps of a reload, or of the restart of one worker, as they come. */
final class Steps {
    private Steps() {}

    static void follow(ClientOptions options, Cluster cluster, String target, String body)
            throws IOException, ClientException {
        ReloadText text = new ReloadText(cluster.name());
        cluster.follow("POST", target, body, line -> {
            String said = text.line(read(line));
            if (options.json()) {
                options.say(line);
            } else if (said != null) {
                options.say(said);
            }
        });
        String end = text.end();
        if (!options.json()) {
            options.say(end);
        }
    }

    private static JsonObject read(String line) {
        try {
            return Json.read(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
