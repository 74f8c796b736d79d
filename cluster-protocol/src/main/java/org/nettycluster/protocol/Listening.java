package org.nettycluster.protocol;

import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Master → worker: the listener exists. Map the page, then open a lane for it.
 *
 * <pre>
 * | request (4) | listener (4) | window (1) | address, as in {@link Listen} | page: string | options, as in {@link Listen} |
 *
 * and, if the options say {@link ServerOption#SHARED}:  | turns: string | place (2) | limit (4) |
 * </pre>
 *
 * @param request of the {@link Listen} that this answers
 * @param listener the number to open a lane with, and to name in {@link Unlisten}
 * @param window cells on the page
 * @param address really bound, with the real port
 * @param page path of the claim page, to be unlinked by the master once the lane is open
 * @param options that were asked for by whoever bound it: a worker that asked for others did not get them. Appended; a
 *     frame without them has none
 * @param share null unless the options say shared. Appended
 */
public record Listening(
        int request,
        int listener,
        int window,
        InetSocketAddress address,
        String page,
        Map<ServerOption, Integer> options,
        @Nullable Share share)
        implements Frame {
    /**
     * What a worker needs to accept for itself, but for the listening socket, which comes down its lane.
     *
     * @param turns path of the {@link TurnPage} that all workers of the listener share
     * @param place this worker's on it
     * @param limit how many connections the worker may have open in all; 0 for no limit
     */
    public record Share(String turns, int place, int limit) {}

    /** Copies the options, in the order of their codes; rejects a share that they do not speak of, or the other way round. */
    public Listening {
        Map<ServerOption, Integer> copy = new EnumMap<>(ServerOption.class);
        copy.putAll(options);
        options = Collections.unmodifiableMap(copy);
        if (isShared(options) != (share != null)) {
            throw new IllegalArgumentException("options " + options + " do not go with " + share);
        }
    }

    static boolean isShared(Map<ServerOption, Integer> options) {
        return options.getOrDefault(ServerOption.SHARED, 0) != 0;
    }

    /** Of a listener whose connections the master hands over. */
    public Listening(
            int request,
            int listener,
            int window,
            InetSocketAddress address,
            String page,
            Map<ServerOption, Integer> options) {
        this(request, listener, window, address, page, options, null);
    }

    /** Without options. */
    public Listening(int request, int listener, int window, InetSocketAddress address, String page) {
        this(request, listener, window, address, page, Map.of());
    }
}
