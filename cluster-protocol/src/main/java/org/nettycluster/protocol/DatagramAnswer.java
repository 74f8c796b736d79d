package org.nettycluster.protocol;

import java.net.InetSocketAddress;

/**
 * Master → worker, the answer to {@link DatagramHello}.
 *
 * <pre>
 * | errno (4) | address | text: string |
 * </pre>
 *
 * @param errno the system's number, 0 if the socket is bound
 * @param address what it is bound to, or what was asked for
 * @param text why it is not, as a local bind would have worded it; empty if it is
 */
public record DatagramAnswer(int errno, InetSocketAddress address, String text) implements Frame {
    /** Whether the socket is bound. */
    public boolean isBound() {
        return errno == 0;
    }
}
