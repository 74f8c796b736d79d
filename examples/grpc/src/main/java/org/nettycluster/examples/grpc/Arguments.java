package org.nettycluster.examples.grpc;

import java.io.File;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command line of options with a fixed number of values each, {@code --host H --tls CERT KEY}. Any mistake in it is an
 * {@link IllegalArgumentException} of one line that ends in the usage.
 */
final class Arguments {
    private final String usage;
    private final Map<String, List<String>> values = new HashMap<>();

    /** Reads {@code args}; {@code arity} says how many values each known option takes. */
    Arguments(String usage, Map<String, Integer> arity, String... args) {
        this.usage = usage;
        ArrayDeque<String> rest = new ArrayDeque<>(List.of(args));
        while (!rest.isEmpty()) {
            String option = rest.remove();
            Integer wanted = arity.get(option);
            if (wanted == null) {
                throw wrong("unknown argument " + option);
            }
            if (rest.size() < wanted) {
                throw wrong(option + " needs " + (wanted == 1 ? "a value" : wanted + " values"));
            }
            List<String> taken = rest.stream().limit(wanted).toList();
            taken.forEach(value -> rest.remove());
            values.put(option, taken);
        }
    }

    String host() {
        return values.getOrDefault("--host", List.of("127.0.0.1")).get(0);
    }

    int number(String option, int fallback, int least, int most) {
        String text =
                values.getOrDefault(option, List.of(Integer.toString(fallback))).get(0);
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw wrong(option + " '" + text + "' is no number from " + least + " to " + most);
    }

    boolean has(String option) {
        return values.containsKey(option);
    }

    /** The files an option names, all readable; empty if it was not given. */
    Optional<List<File>> files(String option) {
        return Optional.ofNullable(values.get(option)).map(names -> {
            List<File> files = names.stream().map(File::new).toList();
            for (File file : files) {
                if (!file.canRead()) {
                    throw wrong(option + ": can't read " + file);
                }
            }
            return files;
        });
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what + ": " + usage);
    }
}
