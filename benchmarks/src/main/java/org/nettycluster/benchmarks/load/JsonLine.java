package org.nettycluster.benchmarks.load;

import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes JSON on one line, member after member. */
final class JsonLine {
    private final StringBuilder text;
    private boolean first = true;

    private JsonLine(StringBuilder text) {
        this.text = text;
    }

    static String object(Consumer<JsonLine> members) {
        StringBuilder text = new StringBuilder(1024);
        write(text, members);
        return text.toString();
    }

    JsonLine put(String name, @Nullable String value) {
        name(name);
        if (value == null) {
            text.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    JsonLine put(String name, long value) {
        name(name);
        text.append(value);
        return this;
    }

    JsonLine put(String name, boolean value) {
        name(name);
        text.append(value);
        return this;
    }

    /** With three decimals. */
    JsonLine put(String name, double value) {
        name(name);
        text.append(String.format(Locale.ROOT, "%.3f", value));
        return this;
    }

    JsonLine put(String name, Consumer<JsonLine> members) {
        name(name);
        write(text, members);
        return this;
    }

    <T> JsonLine put(String name, Iterable<T> elements, BiConsumer<JsonLine, T> members) {
        name(name);
        text.append('[');
        boolean more = false;
        for (T element : elements) {
            if (more) {
                text.append(',');
            }
            more = true;
            write(text, line -> members.accept(line, element));
        }
        text.append(']');
        return this;
    }

    private static void write(StringBuilder text, Consumer<JsonLine> members) {
        text.append('{');
        members.accept(new JsonLine(text));
        text.append('}');
    }

    private void name(String name) {
        if (!first) {
            text.append(',');
        }
        first = false;
        quote(name);
        text.append(':');
    }

    private void quote(String value) {
        text.append('"');
        value.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                text.append('\\').append((char) c);
            } else if (c < ' ') {
                text.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                text.append((char) c);
            }
        });
        text.append('"');
    }
}
