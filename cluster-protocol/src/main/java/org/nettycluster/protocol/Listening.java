package org.nettycluster.protocol;

import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Master → worker: the listener exists. Map the page, then open a lane for it.
 *
 * <pre>
 * | request (4) | listener (4) | window (1) | address, as in {@link Listen} | page: string | options, as in {@link Listen} |
 * </pre>
 *
 * @param request of the {@link Listen} that this answers
 * @param listener the number to open a lane with, and to name in {@link Unlisten}
 * @param window cells on the page
 * @param address really bound, with the real port
 * @param page path of the claim page, to be unlinked by the master once the lane is open
 * @param options that were asked for by whoever bound it: a worker that asked for others did not get them. Appended; a
 *     frame without them has none
 */
public record Listening(
        int request,
        int listener,
        int window,
        InetSocketAddress address,
        String page,
        Map<ServerOption, Integer> options)
        implements Frame {
    /** Copies the options, in the order of their codes. */
    public Listening {
        Map<ServerOption, Integer> copy = new EnumMap<>(ServerOption.class);
        copy.putAll(options);
        options = Collections.unmodifiableMap(copy);
    }

    /** Without options. */
    public Listening(int request, int listener, int window, InetSocketAddress address, String page) {
        this(request, listener, window, address, page, Map.of());
    }
}
