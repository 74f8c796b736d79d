package org.nettycluster.master.schedule;

import java.util.Arrays;

/**
 * The connection that a {@link Scheduler} places, as far as it is known. Immutable.
 *
 * <p>Before the master accepts it asks whether there is a place for whoever is next. That client's address is not known
 * then: {@link #host} is empty, and the same number comes again with the address when it was accepted.
 */
public final class Arrival {
    private static final byte[] NOBODY = {};
    private static final int IPV4 = 4;
    private static final int IPV6 = 16;
    /** One byte that means nothing: whoever connects to a unix socket has no address. */
    private static final int NAMELESS = 1;
    /** Length of an IPv4 address and a port as accept(2) gave it to us. */
    private static final int IPV4_AND_PORT = 8;

    private final long number;
    private final byte[] address;

    private Arrival(long number, byte[] address) {
        this.number = number;
        this.address = address;
    }

    /**
     * The next connection, of which nothing is known yet.
     *
     * @param number that it will have
     */
    public static Arrival expected(long number) {
        return new Arrival(number, NOBODY);
    }

    /**
     * A connection that was accepted.
     *
     * @param number in order of acceptance
     * @param address of its peer as accept(2) gave it: 4 bytes and a port, or 16 bytes, a scope and a port; one byte of a
     *     unix socket's peer; not copied
     */
    public static Arrival of(long number, byte[] address) {
        return new Arrival(number, address);
    }

    /** Of its listener's connections it is so many-th, from 1. A source of chance that says the same when asked twice. */
    public long number() {
        return number;
    }

    /** Whether it was accepted, so that {@link #host} says who it is. */
    public boolean isKnown() {
        return address.length > 0;
    }

    /**
     * The peer's IP address without port and scope: 4 bytes, also of an IPv4 client of an IPv6 socket, or 16; none while it
     * is not known, and of a unix socket's peer. A copy.
     */
    public byte[] host() {
        if (address.length <= NAMELESS) {
            return NOBODY;
        }
        if (address.length <= IPV4_AND_PORT) {
            return Arrays.copyOf(address, IPV4);
        }
        byte[] host = Arrays.copyOf(address, IPV6);
        return isMapped(host) ? Arrays.copyOfRange(host, IPV6 - IPV4, IPV6) : host;
    }

    /** An IPv4 address in IPv6 (RFC 4291, 2.5.5.2): 80 bits of 0, then 16 of 1. */
    private static boolean isMapped(byte[] host) {
        for (int i = 0; i < 10; i++) {
            if (host[i] != 0) {
                return false;
            }
        }
        return host[10] == -1 && host[11] == -1;
    }
}
