package org.nettycluster.protocol;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Worker → master: a server channel of mine binds to this path of a unix socket; bind it, or let me share it. Answered as
 * {@link Listen} is; the {@link Listening} holds 0.0.0.0 and port 0 for the address, since the worker knows the path. A
 * frame of its own, so that a master that knows only TCP says so ({@link Unrecognised}) and nothing breaks.
 *
 * <pre>
 * | request (4) | path: string | options: count (1), then count x ( code (2) | value (4) ) |
 * </pre>
 *
 * @param request chosen by the worker, repeated in the answer
 * @param path absolute: made so in the worker, whose directory counts
 * @param options as in {@link Listen}
 */
public record ListenUnix(int request, String path, Map<ServerOption, Integer> options) implements Frame {
    /** The type on the wire, which {@link Unrecognised} names where it is not known. */
    public static final int TYPE = 18;

    /** Copies the options, in the order of their codes; rejects a path that is not absolute, or holds a zero. */
    public ListenUnix {
        if (!path.startsWith("/") || path.indexOf(0) >= 0) {
            throw new IllegalArgumentException("path '" + path + "' is not absolute, or holds a zero");
        }
        Map<ServerOption, Integer> copy = new EnumMap<>(ServerOption.class);
        copy.putAll(options);
        options = Collections.unmodifiableMap(copy);
    }
}
