package org.nettycluster.worker;

import java.net.InetAddress;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Numbers this worker's binds to port 0: the n-th of every worker shares one port, so a number is the smallest that no
 * live bind of the same host has. On the control loop.
 */
final class PortZero {
    private final Map<InetAddress, BitSet> taken = new HashMap<>();

    int take(InetAddress host) {
        BitSet numbers = taken.computeIfAbsent(host, none -> new BitSet());
        int number = numbers.nextClearBit(0);
        numbers.set(number);
        return number;
    }

    void release(InetAddress host, int number) {
        BitSet numbers = taken.get(host);
        if (numbers != null) {
            numbers.clear(number);
            if (numbers.isEmpty()) {
                taken.remove(host);
            }
        }
    }
}
