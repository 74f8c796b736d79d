package org.nettycluster.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;

/**
 * Which lines somebody wants to see.
 *
 * @param slot whose, 0 for all
 * @param lines how many of those that there are
 * @param follow whether those that come, too
 */
record LogRequest(int slot, int lines, boolean follow) {
    private static final int USUAL = 100;

    static LogRequest of(QueryStringDecoder uri) {
        return new LogRequest(
                number(uri, "slot", 0, 512),
                number(uri, "lines", USUAL, LogTail.MOST_LINES),
                Boolean.parseBoolean(value(uri, "follow", "false")));
    }

    private static int number(QueryStringDecoder uri, String name, int otherwise, int most) {
        String text = value(uri, name, Integer.toString(otherwise));
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw Refusal.malformed(name + "=" + text + " is no number from 0 to " + most, "correct it");
    }

    private static String value(QueryStringDecoder uri, String name, String otherwise) {
        List<String> values = uri.parameters().getOrDefault(name, List.of(otherwise));
        return values.get(values.size() - 1);
    }
}
