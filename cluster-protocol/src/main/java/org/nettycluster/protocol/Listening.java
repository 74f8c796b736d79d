package org.nettycluster.protocol;

import java.net.InetSocketAddress;

/**
 * Master → worker: the listener exists. Map the page, then open a lane for it.
 *
 * <pre>
 * | request (4) | listener (4) | window (1) | address, as in {@link Listen} | page: string |
 * </pre>
 *
 * @param request of the {@link Listen} that this answers
 * @param listener the number to open a lane with, and to name in {@link Unlisten}
 * @param window cells on the page
 * @param address really bound, with the real port
 * @param page path of the claim page, to be unlinked by the master once the lane is open
 */
public record Listening(int request, int listener, int window, InetSocketAddress address, String page)
        implements Frame {}
