package org.nettycluster.worker;

import static io.netty.channel.ChannelOption.SO_BACKLOG;
import static io.netty.channel.ChannelOption.SO_RCVBUF;
import static io.netty.channel.ChannelOption.SO_REUSEADDR;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.netty.util.NetUtil;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.ServerOption;

/**
 * Options of a {@link ClusterServerSocketChannel}. The listening socket is the master's: what is set here before
 * {@code bind} travels with it, and what is not set is the master's choice. {@code EPOLL_MODE} is accepted and means
 * nothing, and so is {@code SO_REUSEPORT} unless the bind is {@link ClusterChannelOption#EXCLUSIVE}.
 *
 * <p>Any thread, as every channel config.
 */
public final class ClusterServerSocketChannelConfig extends DefaultChannelConfig implements ServerSocketChannelConfig {
    private static final InternalLogger LOGGER =
            InternalLoggerFactory.getInstance(ClusterServerSocketChannelConfig.class);

    private static final Map<ChannelOption<?>, ServerOption> TRAVELLING = Map.ofEntries(
            Map.entry(SO_BACKLOG, ServerOption.BACKLOG),
            Map.entry(SO_REUSEADDR, ServerOption.REUSE_ADDRESS),
            Map.entry(SO_RCVBUF, ServerOption.RECEIVE_BUFFER),
            Map.entry(ChannelOption.TCP_FASTOPEN, ServerOption.FAST_OPEN),
            Map.entry(EpollChannelOption.TCP_DEFER_ACCEPT, ServerOption.DEFER_ACCEPT),
            Map.entry(ClusterChannelOption.IPV6_V6ONLY, ServerOption.IPV6_ONLY),
            Map.entry(EpollChannelOption.IP_FREEBIND, ServerOption.FREE_BIND),
            Map.entry(EpollChannelOption.IP_TRANSPARENT, ServerOption.TRANSPARENT),
            Map.entry(ClusterChannelOption.EXCLUSIVE, ServerOption.EXCLUSIVE),
            Map.entry(ClusterChannelOption.MAX_CONNECTIONS, ServerOption.MAX_CONNECTIONS),
            Map.entry(ClusterChannelOption.SHARED, ServerOption.SHARED));

    private final ClusterServerSocketChannel server;
    private final TravellingOptions travelling = new TravellingOptions(TRAVELLING);
    private volatile boolean reusePort;

    ClusterServerSocketChannelConfig(ClusterServerSocketChannel server) {
        super(server, new ServerChannelRecvByteBufAllocator());
        this.server = server;
    }

    /** What the application has set, as far as it means something, and nothing else. */
    Map<ServerOption, Integer> chosen() {
        Map<ServerOption, Integer> all = new EnumMap<>(ServerOption.class);
        all.putAll(travelling.chosen());
        if (reusePort && value(ServerOption.EXCLUSIVE) != 0) {
            all.put(ServerOption.REUSE_PORT, 1);
        }
        return all;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), travelling.names());
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        ServerOption code = travelling.code(option);
        if (code == null) {
            return super.getOption(option);
        }
        int value = value(code);
        return (T) (flag(code) ? (Object) (value != 0) : (Object) value);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        ServerOption code = travelling.code(option);
        if (code != null) {
            validate(option, value);
            travelling.set(code, value);
            return true;
        }
        if ("SO_REUSEPORT".equals(optionName(option)) && value instanceof Boolean reuse) {
            // Who sets it wants many processes at one port: they share a socket, unless each insists on one of its own.
            reusePort = reuse;
            return true;
        }
        if ("EPOLL_MODE".equals(optionName(option))) {
            LOGGER.debug("{} has no meaning for {}: the listening socket is the master's", option, server);
            return true;
        }
        return super.setOption(option, value);
    }

    @Override
    public int getBacklog() {
        return value(ServerOption.BACKLOG);
    }

    @Override
    public ClusterServerSocketChannelConfig setBacklog(int backlog) {
        if (backlog < 0) {
            throw new IllegalArgumentException("backlog " + backlog + " must be >= 0");
        }
        travelling.set(ServerOption.BACKLOG, backlog);
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return value(ServerOption.REUSE_ADDRESS) != 0;
    }

    @Override
    public ClusterServerSocketChannelConfig setReuseAddress(boolean reuseAddress) {
        travelling.set(ServerOption.REUSE_ADDRESS, reuseAddress);
        return this;
    }

    /** Bytes, or 0 where the kernel's default holds. */
    @Override
    public int getReceiveBufferSize() {
        return value(ServerOption.RECEIVE_BUFFER);
    }

    @Override
    public ClusterServerSocketChannelConfig setReceiveBufferSize(int receiveBufferSize) {
        travelling.set(ServerOption.RECEIVE_BUFFER, receiveBufferSize);
        return this;
    }

    @Override
    public ClusterServerSocketChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public ClusterServerSocketChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public ClusterServerSocketChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public ClusterServerSocketChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public ClusterServerSocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public ClusterServerSocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public ClusterServerSocketChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public ClusterServerSocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public ClusterServerSocketChannelConfig setWriteBufferHighWaterMark(int writeBufferHighWaterMark) {
        super.setWriteBufferHighWaterMark(writeBufferHighWaterMark);
        return this;
    }

    @Override
    public ClusterServerSocketChannelConfig setWriteBufferLowWaterMark(int writeBufferLowWaterMark) {
        super.setWriteBufferLowWaterMark(writeBufferLowWaterMark);
        return this;
    }

    @Override
    public ClusterServerSocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
        super.setWriteBufferWaterMark(writeBufferWaterMark);
        return this;
    }

    @Override
    protected void autoReadCleared() {
        server.stopReading();
    }

    private int value(ServerOption option) {
        Integer value = travelling.get(option);
        if (value != null) {
            return value;
        }
        return switch (option) {
            case BACKLOG -> NetUtil.SOMAXCONN;
            case REUSE_ADDRESS -> 1;
            default -> 0;
        };
    }

    private static boolean flag(ServerOption option) {
        return switch (option) {
            case REUSE_ADDRESS, IPV6_ONLY, FREE_BIND, TRANSPARENT, EXCLUSIVE, SHARED -> true;
            default -> false;
        };
    }

    // A pooled name may carry the class that owns it: io.netty.channel.unix.UnixChannelOption#SO_REUSEPORT.
    private static String optionName(ChannelOption<?> option) {
        String name = option.name();
        return name.substring(name.lastIndexOf('#') + 1);
    }
}
