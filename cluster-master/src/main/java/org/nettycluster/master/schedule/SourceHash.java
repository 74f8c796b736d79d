package org.nettycluster.master.schedule;

import java.util.List;

/**
 * One client address, one worker: rendezvous hashing of the peer's address, or a prefix of it, over the slots. Each slot
 * draws a lot for each address, and the highest wins (Thaler and Ravishankar, 1998). A slot that comes or goes moves only
 * those addresses that it wins or has won; a reload moves none, since slots count and not generations.
 *
 * <p>If the winner is no candidate (late, draining, crashed), or has no free cell, the connection goes to the address's
 * second choice, and so on. It never waits: clients of others must not stand behind a burst of one address, and when the
 * address is known the connection was accepted already and would wait in our heap. So the worker of an address is the
 * usual one and not the only one.
 *
 * <p>The port does not count. Peers of a unix socket have no address, and get turns. Stateless.
 */
public final class SourceHash implements Scheduler {
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private final Scheduler nameless = new RoundRobin();
    private final int ipv4Prefix;
    private final int ipv6Prefix;

    /** By the whole address. */
    public SourceHash() {
        this(IPV4_BITS, IPV6_BITS);
    }

    /**
     * By the network that an address belongs to.
     *
     * @param ipv4Prefix bits that count of an IPv4 address, 1 to 32
     * @param ipv6Prefix bits that count of an IPv6 address, 1 to 128; a client may choose the last 64 as it likes
     */
    public SourceHash(int ipv4Prefix, int ipv6Prefix) {
        this.ipv4Prefix = check("IPv4", ipv4Prefix, IPV4_BITS);
        this.ipv6Prefix = check("IPv6", ipv6Prefix, IPV6_BITS);
    }

    private static int check(String what, int prefix, int bits) {
        if (prefix < 1 || prefix > bits) {
            throw new IllegalArgumentException("prefix " + prefix + " of " + what + " must be 1 to " + bits + " bits");
        }
        return prefix;
    }

    @Override
    public int next(List<? extends Candidate> candidates, Arrival arrival) {
        byte[] host = arrival.host();
        if (arrival.isKnown() && host.length == 0) {
            return turn(candidates, arrival);
        }
        // While the client is not known anybody's place is a place: then all lots are those of an empty address.
        long key = hash(host);
        int chosen = WAIT;
        long highest = 0;
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            if (candidate.freeCells() == 0) {
                continue;
            }
            long lot = Chance.mix(key + seat(candidate) * STEP);
            if (chosen == WAIT || lot > highest || (lot == highest && isNewer(candidate, candidates.get(chosen)))) {
                chosen = i;
                highest = lot;
            }
        }
        return chosen;
    }

    /** Among those who have a free cell: there is none who is worth waiting for. */
    private int turn(List<? extends Candidate> candidates, Arrival arrival) {
        List<? extends Candidate> free = candidates.stream()
                .filter(candidate -> candidate.freeCells() > 0)
                .toList();
        return free.isEmpty() ? WAIT : candidates.indexOf(free.get(nameless.next(free, arrival)));
    }

    /** A slot and a worker without one may have the same number. */
    private static long seat(Candidate candidate) {
        return 2L * candidate.worker().number() + (candidate.worker().generation() == 0 ? 1 : 0);
    }

    /** While a reload replaces a worker both are there. */
    private static boolean isNewer(Candidate one, Candidate other) {
        return one.worker().generation() > other.worker().generation();
    }

    private long hash(byte[] host) {
        int bits = host.length * Byte.SIZE == IPV4_BITS ? ipv4Prefix : Math.min(ipv6Prefix, host.length * Byte.SIZE);
        long hash = FNV_OFFSET;
        for (int i = 0; i * Byte.SIZE < bits; i++) {
            int beyond = Math.max(0, (i + 1) * Byte.SIZE - bits);
            hash = (hash ^ (host[i] & 0xff & (0xff << beyond))) * FNV_PRIME;
        }
        return Chance.mix(hash);
    }

    @Override
    public String toString() {
        return "source hash /" + ipv4Prefix + " /" + ipv6Prefix;
    }
}
