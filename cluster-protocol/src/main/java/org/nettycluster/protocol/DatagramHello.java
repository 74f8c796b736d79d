package org.nettycluster.protocol;

import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Worker → master, the first and only frame of a connection that fetches a UDP socket. The master answers with {@link
 * DatagramAnswer}; if that says yes, each side says what {@link DatagramWord} lists, a byte each, for as long as the
 * worker has the socket.
 *
 * <pre>
 * | number (4) | generation (4) | token (16) | address | ordinal (2) | options: count (1), then count x ( code (2) | value (4) ) |
 * </pre>
 *
 * @param worker who asks
 * @param token proves it
 * @param address to bind, resolved in the worker
 * @param ordinal for port 0: the how manieth UDP bind to port 0 of this host in this worker, from 0, so that the n-th of
 *     every worker shares one port (Node's rule); 0 for every other port
 * @param options applied by the master when it binds; {@link ServerOption#EXCLUSIVE} and {@link
 *     ServerOption#DATAGRAM_SHARED} say who shares the socket
 */
public record DatagramHello(
        WorkerId worker, Token token, InetSocketAddress address, int ordinal, Map<ServerOption, Integer> options)
        implements Frame {
    /** Copies the options, in the order of their codes; rejects an address that was not resolved. */
    public DatagramHello {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("address " + address + " is not resolved");
        }
        Map<ServerOption, Integer> copy = new EnumMap<>(ServerOption.class);
        copy.putAll(options);
        options = Collections.unmodifiableMap(copy);
    }
}
