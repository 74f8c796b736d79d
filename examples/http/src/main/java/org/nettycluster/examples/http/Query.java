package org.nettycluster.examples.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;

/** Reads the numbers in a request's query; stateless. */
final class Query {
    private Query() {}

    static long number(String uri, String name, long most) throws BadRequest {
        String wanted = "say " + name + "=N, a whole number from 0 to " + most;
        List<String> values;
        try {
            values = new QueryStringDecoder(uri).parameters().getOrDefault(name, List.of());
        } catch (IllegalArgumentException e) {
            throw new BadRequest("the query is not well encoded: " + wanted);
        }
        if (values.size() != 1) {
            throw new BadRequest(name + (values.isEmpty() ? " is missing: " : " is given more than once: ") + wanted);
        }
        try {
            long value = Long.parseLong(values.get(0));
            if (value >= 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new BadRequest(name + "=" + values.get(0) + " is out of range: " + wanted);
    }
}
