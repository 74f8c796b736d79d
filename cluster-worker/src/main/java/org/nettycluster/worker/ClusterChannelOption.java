package org.nettycluster.worker;

import io.netty.channel.ChannelOption;

/** Options of {@link ClusterServerSocketChannel} that Netty has no constant for. */
public final class ClusterChannelOption {
    /** Whether an IPv6 wildcard address leaves IPv4 alone. Applied by the master when it binds. */
    public static final ChannelOption<Boolean> IPV6_V6ONLY =
            ChannelOption.valueOf(ClusterChannelOption.class, "IPV6_V6ONLY");

    private ClusterChannelOption() {}
}
