package org.nettycluster.worker;

import static io.netty.channel.ChannelOption.ALLOW_HALF_CLOSURE;
import static io.netty.channel.ChannelOption.IP_TOS;
import static io.netty.channel.ChannelOption.SO_KEEPALIVE;
import static io.netty.channel.ChannelOption.SO_LINGER;
import static io.netty.channel.ChannelOption.SO_RCVBUF;
import static io.netty.channel.ChannelOption.SO_REUSEADDR;
import static io.netty.channel.ChannelOption.SO_SNDBUF;
import static io.netty.channel.ChannelOption.TCP_NODELAY;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelConfig;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketChannelConfig;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** TCP options of a {@link ClusterSocketChannel}, read from and written to its socket. Any thread. */
final class ClusterSocketChannelConfig extends EpollChannelConfig implements SocketChannelConfig {
    private static final ChannelOption<?>[] OPTIONS = {
        SO_RCVBUF, SO_SNDBUF, TCP_NODELAY, SO_KEEPALIVE, SO_REUSEADDR, SO_LINGER, IP_TOS, ALLOW_HALF_CLOSURE
    };

    private final LinuxSocket socket;
    private volatile boolean allowHalfClosure;

    ClusterSocketChannelConfig(ClusterSocketChannel channel, LinuxSocket socket) {
        super(channel);
        this.socket = socket;
        setTcpNoDelay(true);
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private interface Writing {
        void write() throws IOException;
    }

    private static <T> T get(Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    private ClusterSocketChannelConfig set(Writing writing) {
        try {
            writing.write();
            return this;
        } catch (IOException e) {
            throw new ChannelException(e);
        }
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), OPTIONS);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        if (option.equals(SO_RCVBUF)) {
            return (T) Integer.valueOf(getReceiveBufferSize());
        } else if (option.equals(SO_SNDBUF)) {
            return (T) Integer.valueOf(getSendBufferSize());
        } else if (option.equals(TCP_NODELAY)) {
            return (T) Boolean.valueOf(isTcpNoDelay());
        } else if (option.equals(SO_KEEPALIVE)) {
            return (T) Boolean.valueOf(isKeepAlive());
        } else if (option.equals(SO_REUSEADDR)) {
            return (T) Boolean.valueOf(isReuseAddress());
        } else if (option.equals(SO_LINGER)) {
            return (T) Integer.valueOf(getSoLinger());
        } else if (option.equals(IP_TOS)) {
            return (T) Integer.valueOf(getTrafficClass());
        } else if (option.equals(ALLOW_HALF_CLOSURE)) {
            return (T) Boolean.valueOf(isAllowHalfClosure());
        }
        return super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (option.equals(SO_RCVBUF)) {
            setReceiveBufferSize((Integer) value);
        } else if (option.equals(SO_SNDBUF)) {
            setSendBufferSize((Integer) value);
        } else if (option.equals(TCP_NODELAY)) {
            setTcpNoDelay((Boolean) value);
        } else if (option.equals(SO_KEEPALIVE)) {
            setKeepAlive((Boolean) value);
        } else if (option.equals(SO_REUSEADDR)) {
            setReuseAddress((Boolean) value);
        } else if (option.equals(SO_LINGER)) {
            setSoLinger((Integer) value);
        } else if (option.equals(IP_TOS)) {
            setTrafficClass((Integer) value);
        } else if (option.equals(ALLOW_HALF_CLOSURE)) {
            setAllowHalfClosure((Boolean) value);
        } else {
            return super.setOption(option, value);
        }
        return true;
    }

    @Override
    public boolean isTcpNoDelay() {
        return get(socket::isTcpNoDelay);
    }

    @Override
    public ClusterSocketChannelConfig setTcpNoDelay(boolean tcpNoDelay) {
        return set(() -> socket.setTcpNoDelay(tcpNoDelay));
    }

    @Override
    public int getSoLinger() {
        return get(socket::getSoLinger);
    }

    @Override
    public ClusterSocketChannelConfig setSoLinger(int soLinger) {
        return set(() -> socket.setSoLinger(soLinger));
    }

    @Override
    public int getSendBufferSize() {
        return get(socket::getSendBufferSize);
    }

    @Override
    public ClusterSocketChannelConfig setSendBufferSize(int sendBufferSize) {
        return set(() -> socket.setSendBufferSize(sendBufferSize));
    }

    @Override
    public int getReceiveBufferSize() {
        return get(socket::getReceiveBufferSize);
    }

    @Override
    public ClusterSocketChannelConfig setReceiveBufferSize(int receiveBufferSize) {
        return set(() -> socket.setReceiveBufferSize(receiveBufferSize));
    }

    @Override
    public boolean isKeepAlive() {
        return get(socket::isKeepAlive);
    }

    @Override
    public ClusterSocketChannelConfig setKeepAlive(boolean keepAlive) {
        return set(() -> socket.setKeepAlive(keepAlive));
    }

    @Override
    public int getTrafficClass() {
        return get(socket::getTrafficClass);
    }

    @Override
    public ClusterSocketChannelConfig setTrafficClass(int trafficClass) {
        return set(() -> socket.setTrafficClass(trafficClass));
    }

    @Override
    public boolean isReuseAddress() {
        return get(socket::isReuseAddress);
    }

    @Override
    public ClusterSocketChannelConfig setReuseAddress(boolean reuseAddress) {
        return set(() -> socket.setReuseAddress(reuseAddress));
    }

    @Override
    public boolean isAllowHalfClosure() {
        return allowHalfClosure;
    }

    @Override
    public ClusterSocketChannelConfig setAllowHalfClosure(boolean allowHalfClosure) {
        this.allowHalfClosure = allowHalfClosure;
        return this;
    }

    @Override
    public ClusterSocketChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public ClusterSocketChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public ClusterSocketChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public ClusterSocketChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public ClusterSocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public ClusterSocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public ClusterSocketChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public ClusterSocketChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public ClusterSocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public ClusterSocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
        super.setWriteBufferWaterMark(writeBufferWaterMark);
        return this;
    }
}
