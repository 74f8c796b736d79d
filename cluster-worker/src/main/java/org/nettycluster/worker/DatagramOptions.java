package org.nettycluster.worker;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.util.AttributeKey;
import java.util.EnumMap;
import java.util.Map;
import org.nettycluster.protocol.ServerOption;

/**
 * The options of a UDP bootstrap: some travel to the master, who binds, and the rest is the channel's. Stateless; any
 * thread.
 */
final class DatagramOptions {
    private static final Map<ChannelOption<?>, ServerOption> TRAVELLING = Map.of(
            ChannelOption.SO_RCVBUF,
            ServerOption.RECEIVE_BUFFER,
            ChannelOption.SO_REUSEADDR,
            ServerOption.REUSE_ADDRESS,
            EpollChannelOption.IP_FREEBIND,
            ServerOption.FREE_BIND,
            EpollChannelOption.IP_TRANSPARENT,
            ServerOption.TRANSPARENT,
            ClusterChannelOption.IPV6_V6ONLY,
            ServerOption.IPV6_ONLY,
            ClusterChannelOption.EXCLUSIVE,
            ServerOption.EXCLUSIVE,
            ClusterChannelOption.DATAGRAM_SHARED,
            ServerOption.DATAGRAM_SHARED);

    private DatagramOptions() {}

    /** What the program has set, as far as the master applies it. */
    static Map<ServerOption, Integer> travelling(Bootstrap bootstrap) {
        Map<ChannelOption<?>, Object> all = bootstrap.config().options();
        Map<ServerOption, Integer> chosen = new EnumMap<>(ServerOption.class);
        all.forEach((option, value) -> {
            ServerOption code = TRAVELLING.get(option);
            if (code != null) {
                chosen.put(code, value instanceof Boolean flag ? (flag ? 1 : 0) : (Integer) value);
            }
        });
        if (isSet(chosen, ServerOption.EXCLUSIVE)
                && all.entrySet().stream()
                        .anyMatch(each -> isReusePort(each.getKey()) && Boolean.TRUE.equals(each.getValue()))) {
            chosen.put(ServerOption.REUSE_PORT, 1);
        }
        return chosen;
    }

    static boolean isSet(Map<ServerOption, Integer> options, ServerOption option) {
        return options.getOrDefault(option, 0) != 0;
    }

    /** Handler and attributes of this one, and the options that do not travel, on this loop; no channel yet. */
    static Bootstrap without(Bootstrap bootstrap, EventLoop loop) {
        Bootstrap rest = new Bootstrap().group(loop).handler(bootstrap.config().handler());
        bootstrap.config().options().forEach((option, value) -> {
            if (!isReusePort(option) && (!TRAVELLING.containsKey(option) || option.equals(ChannelOption.SO_RCVBUF))) {
                set(rest, option, value);
            }
        });
        bootstrap.config().attrs().forEach((key, value) -> set(rest, key, value));
        return rest;
    }

    @SuppressWarnings("unchecked") // They come from a map that keeps each with a value of its type.
    private static <T> void set(Bootstrap bootstrap, ChannelOption<T> option, Object value) {
        bootstrap.option(option, (T) value);
    }

    @SuppressWarnings("unchecked") // As above.
    private static <T> void set(Bootstrap bootstrap, AttributeKey<T> key, Object value) {
        bootstrap.attr(key, (T) value);
    }

    // The class that owns it, and stands in its name, is not the same in every version of Netty.
    private static boolean isReusePort(ChannelOption<?> option) {
        return option.name().endsWith("SO_REUSEPORT");
    }
}
