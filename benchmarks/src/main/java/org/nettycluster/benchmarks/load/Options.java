package org.nettycluster.benchmarks.load;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Reads {@code --name value} pairs; every mistake is an IllegalArgumentException for its maker to read. */
final class Options {
    private final Map<String, String> given = new LinkedHashMap<>();
    private final Set<String> known = new HashSet<>();

    Options(String... args) {
        for (int i = 0; i < args.length; i += 2) {
            if (!args[i].startsWith("--") || i + 1 == args.length) {
                throw new IllegalArgumentException("'" + args[i] + "' is no option with a value: see load --help");
            }
            given.put(args[i].substring(2), args[i + 1]);
        }
    }

    boolean has(String name) {
        return given.containsKey(name);
    }

    String text(String name) {
        known.add(name);
        String value = given.get(name);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is missing: see load --help");
        }
        return value;
    }

    String text(String name, String otherwise) {
        known.add(name);
        return given.getOrDefault(name, otherwise);
    }

    double number(String name, double otherwise) {
        String value = text(name, Double.toString(otherwise));
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " is no number: " + value, e);
        }
    }

    int whole(String name, int otherwise) {
        String value = text(name, Integer.toString(otherwise));
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " is no whole number: " + value, e);
        }
    }

    Duration seconds(String name, double otherwise) {
        return Duration.ofNanos((long) (number(name, otherwise) * 1e9));
    }

    Duration millis(String name, double otherwise) {
        return Duration.ofNanos((long) (number(name, otherwise) * 1e6));
    }

    /** Two of milliseconds, {@code A-B}. */
    Duration[] range(String name, String otherwise) {
        String value = text(name, otherwise);
        String[] ends = value.split("-", 2);
        try {
            return new Duration[] {
                Duration.ofMillis(Long.parseLong(ends[0])), Duration.ofMillis(Long.parseLong(ends[ends.length - 1]))
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " is no range A-B: " + value, e);
        }
    }

    /** To be called when all that exist have been asked for. */
    void refuseOthers() {
        for (String name : given.keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("there is no option --" + name + ": see load --help");
            }
        }
    }
}
