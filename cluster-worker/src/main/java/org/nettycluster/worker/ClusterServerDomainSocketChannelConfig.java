package org.nettycluster.worker;

import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ServerOption;

/**
 * Options of a {@link ClusterServerDomainSocketChannel}: {@code SO_BACKLOG} and those of
 * {@link ClusterChannelOption} but {@code IPV6_V6ONLY} and {@code SHARED} travel to the master with the bind, and what is
 * not set is the master's choice. A unix socket is never shared: to ask for it is answered with a warning.
 *
 * <p>Any thread, as every channel config.
 */
public final class ClusterServerDomainSocketChannelConfig extends DefaultChannelConfig {
    private static final InternalLogger LOGGER =
            InternalLoggerFactory.getInstance(ClusterServerDomainSocketChannelConfig.class);

    private static final Map<ChannelOption<?>, ServerOption> TRAVELLING = Map.of(
            ChannelOption.SO_BACKLOG,
            ServerOption.BACKLOG,
            ClusterChannelOption.SOCKET_MODE,
            ServerOption.SOCKET_MODE,
            ClusterChannelOption.EXCLUSIVE,
            ServerOption.EXCLUSIVE,
            ClusterChannelOption.MAX_CONNECTIONS,
            ServerOption.MAX_CONNECTIONS);

    private final ClusterServerDomainSocketChannel server;
    private final TravellingOptions travelling = new TravellingOptions(TRAVELLING);

    ClusterServerDomainSocketChannelConfig(ClusterServerDomainSocketChannel server) {
        super(server, new ServerChannelRecvByteBufAllocator());
        this.server = server;
    }

    /** What the application has set, and nothing else. */
    Map<ServerOption, Integer> chosen() {
        return travelling.chosen();
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), travelling.names());
    }

    /** Null for one that travels and was not set. */
    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        ServerOption code = travelling.code(option);
        if (code == null) {
            return super.getOption(option);
        }
        Integer value = travelling.get(code);
        return (T) (value != null && code == ServerOption.EXCLUSIVE ? (Object) (value != 0) : value);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (ClusterChannelOption.SHARED.equals(option)) {
            validate(option, value);
            if (Boolean.TRUE.equals(value)) {
                LOGGER.warn(
                        "{} is not shared, the master accepts: workers share listening sockets of TCP alone", server);
            }
            return true;
        }
        ServerOption code = travelling.code(option);
        if (code == null) {
            return super.setOption(option, value);
        }
        validate(option, value);
        travelling.set(code, value);
        return true;
    }

    @Override
    protected void autoReadCleared() {
        server.stopReading();
    }
}
