package org.nettycluster.protocol;

import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Worker → master: a server channel of mine binds to this address; bind it, or let me share it.
 *
 * <pre>
 * | request (4) | ordinal (2) | address | options: count (1), then count x ( code (2) | value (4) ) |
 *
 * address:  | family (1): 4 or 6 | 4 or 16 bytes | scope id (4, family 6 only) | port (2) |
 * </pre>
 *
 * @param request chosen by the worker, repeated in the answer
 * @param ordinal for port 0: the how manieth bind to port 0 of this host in this worker, from 0, so that the n-th of
 *     every worker shares one port (Node's rule); 0 for every other port
 * @param address resolved in the worker
 * @param options applied by the master when it binds; options of later workers are compared
 */
public record Listen(int request, int ordinal, InetSocketAddress address, Map<ServerOption, Integer> options)
        implements Frame {
    /** Copies the options, in the order of their codes; rejects an address that was not resolved. */
    public Listen {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("address " + address + " is not resolved");
        }
        Map<ServerOption, Integer> copy = new EnumMap<>(ServerOption.class);
        copy.putAll(options);
        options = Collections.unmodifiableMap(copy);
    }
}
