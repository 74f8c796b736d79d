package org.nettycluster.benchmarks.load;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a run is to do; immutable and checked.
 *
 * @param uri where to: {@code http://host:port/path}, or {@code tcp://host:port} for an echo
 * @param rate attempts a second; 0 in the mode keep-alive, whose rate follows from clients and think time
 * @param length of the counted part; null: until stopped
 * @param warmUp for so long attempts are made, waited for and not counted
 * @param warmUpAttempts so many attempts are made, waited for and not counted; used if above 0
 * @param timeout from the moment at which the attempt was due
 * @param bound what the run is to judge: if our own p99 lateness exceeds half of it, the run is void; null: nothing
 * @param clients in the mode keep-alive
 * @param thinkLeast in the mode keep-alive: the shortest time from one request of a client to its next
 * @param thinkMost the longest
 * @param connections in the mode h2c
 * @param streams at once on each of those
 * @param payload bytes of an echo
 * @param failuresKept failures to remember one by one; further ones are only counted
 * @param seed of the think times
 */
public record LoadPlan(
        Mode mode,
        URI uri,
        double rate,
        @Nullable Duration length,
        Duration warmUp,
        long warmUpAttempts,
        Duration timeout,
        @Nullable Duration bound,
        int clients,
        Duration thinkLeast,
        Duration thinkMost,
        int connections,
        int streams,
        int payload,
        int failuresKept,
        long seed) {
    /** Checks. */
    public LoadPlan {
        String scheme = mode == Mode.ECHO ? "tcp" : "http";
        require(
                scheme.equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() > 0,
                "mode " + mode.key() + " can't use the URL " + uri + ": give " + scheme + "://HOST:PORT"
                        + (mode == Mode.ECHO ? "" : "/PATH"));
        if (mode == Mode.KEEP_ALIVE) {
            require(rate == 0, "mode keep-alive takes its rate from clients and think time: leave the rate out");
        } else {
            require(rate > 0 && rate <= 1e6, "a rate of " + rate + " can't be had: give one above 0 and up to 1000000");
        }
        require(length == null || isPositive(length), "a run of " + length + " counts nothing: give it time");
        require(!warmUp.isNegative() && warmUpAttempts >= 0, "a warm-up can't be negative: give 0 for none");
        require(isPositive(timeout), "a timeout of " + timeout + " fails everything: give more");
        require(bound == null || isPositive(bound), "a bound of " + bound + " can't be kept: give more, or none");
        require(
                clients > 0 && connections > 0 && streams > 0,
                "clients, connections and streams are at least 1, not " + clients + ", " + connections + ", "
                        + streams);
        require(
                !thinkLeast.isNegative() && thinkMost.compareTo(thinkLeast) >= 0 && isPositive(thinkMost),
                "think times from " + thinkLeast + " to " + thinkMost + " are no range: give LEAST-MOST, MOST above 0");
        require(payload >= 0 && failuresKept >= 0, "payload and failures can't be negative");
    }

    /** Attempts a second, on average. */
    public double meanRate() {
        return mode == Mode.KEEP_ALIVE ? clients * 2e9 / (thinkLeast.toNanos() + thinkMost.toNanos()) : rate;
    }

    Arrivals arrivals(long salt) {
        return mode == Mode.KEEP_ALIVE
                ? new ThinkingArrivals(clients, thinkLeast.toNanos(), thinkMost.toNanos(), seed + salt)
                : new SteadyArrivals(rate);
    }

    InetSocketAddress target() {
        InetSocketAddress target = new InetSocketAddress(uri.getHost(), uri.getPort());
        require(
                !target.isUnresolved(),
                "found no address of " + uri.getHost() + ": correct the name, or give a number");
        return target;
    }

    String authority() {
        return uri.getRawAuthority();
    }

    String path() {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
