package org.nettycluster.benchmarks.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What travels, and on which connections. */
public enum Mode {
    /** HTTP/1.1, a connection for each request, {@code Connection: close}. */
    ONE_SHOT,
    /** HTTP/1.1, clients with a connection each that think between their requests. */
    KEEP_ALIVE,
    /** HTTP/2 with prior knowledge, streams on a few connections. */
    H2C,
    /** Bytes over TCP that come back, a connection for each attempt. */
    ECHO;

    /** As the command spells it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Mode of(String key) {
        return Arrays.stream(values())
                .filter(mode -> mode.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no mode '" + key + "': take one of "
                        + Arrays.stream(values()).map(Mode::key).collect(Collectors.joining(", "))));
    }
}
