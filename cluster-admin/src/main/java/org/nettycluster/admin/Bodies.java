package org.nettycluster.admin;

import io.netty.handler.codec.http.FullHttpRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntSupplier;
import org.nettycluster.master.ReloadOptions;

/** What requests say in their bodies. An empty body says nothing, and a field that is not known is passed over. */
final class Bodies {
    private Bodies() {}

    static JsonObject read(FullHttpRequest request) {
        String text = request.content().toString(StandardCharsets.UTF_8);
        if (text.isBlank()) {
            return new JsonObject(Map.of());
        }
        try {
            return Json.read(text);
        } catch (IOException e) {
            throw Refusal.malformed("the request's body is not a JSON object", "send one, or nothing");
        }
    }

    static ReloadOptions reload(JsonObject body, ReloadOptions usual) {
        try {
            ReloadOptions options = usual;
            if (body.has("maxSurge")) {
                options = options.withMaxSurge(Math.toIntExact(number(body, "maxSurge")));
            }
            if (body.has("readyTimeoutMillis")) {
                options = options.withReadyTimeout(Duration.ofMillis(number(body, "readyTimeoutMillis")));
            }
            if (body.has("bakeMillis")) {
                options = options.withBake(Duration.ofMillis(number(body, "bakeMillis")));
            }
            return options;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw Refusal.malformed(String.valueOf(e.getMessage()), "correct it");
        }
    }

    /** How many workers there are to be: {@code workers}, or {@code by} more than there are. */
    static int workers(JsonObject body, IntSupplier now) {
        if (body.has("workers") == body.has("by")) {
            throw Refusal.malformed(
                    "scale needs one of the fields workers and by", "send {\"workers\": 4} or {\"by\": -1}");
        }
        long wanted = body.has("workers") ? number(body, "workers") : now.getAsInt() + number(body, "by");
        if (wanted < 1 || wanted > 512) {
            throw Refusal.malformed(wanted + " workers are not possible", "ask for 1 to 512");
        }
        return (int) wanted;
    }

    private static long number(JsonObject body, String name) {
        Long number = body.numberOrNull(name);
        if (number == null) {
            throw Refusal.malformed(name + " is no number", "correct it");
        }
        return number;
    }
}
