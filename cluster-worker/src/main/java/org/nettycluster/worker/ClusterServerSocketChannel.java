package org.nettycluster.worker;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.ServerOption;

/**
 * A server channel in a worker: it binds in the master, and its children are connections that the master hands over,
 * or that it accepts itself from the master's socket ({@link ClusterChannelOption#SHARED}).
 *
 * <p>Behaves as {@code EpollServerSocketChannel} otherwise: on one event loop, which must be epoll's, as must the
 * children's. Owns no listening socket, at most a copy of one; closing it leaves the port to the other workers.
 */
public final class ClusterServerSocketChannel extends ClusterServerChannel implements ServerSocketChannel {
    private final ClusterServerSocketChannelConfig config;

    /**
     * A channel of this process's worker, for {@code ServerBootstrap.channel(Class)}.
     *
     * @throws ChannelException outside a worker; {@link ClusterWorker#serverChannelFactory()} serves both cases
     */
    public ClusterServerSocketChannel() {
        this(ownLink(ClusterServerSocketChannel.class, "serverChannelFactory"));
    }

    ClusterServerSocketChannel(MasterLink link) {
        super(link);
        this.config = new ClusterServerSocketChannelConfig(this);
    }

    @Override
    public ClusterServerSocketChannelConfig config() {
        return config;
    }

    /** The address that the master has bound, once {@code bind} has completed. */
    @Override
    public @Nullable InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    /** Always null. */
    @Override
    @SuppressWarnings("NullAway") // Netty's method says that it may be null, but not in a way that tools read.
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    @Override
    Map<ServerOption, Integer> chosen() {
        return config.chosen();
    }

    @Override
    InetSocketAddress resolve(SocketAddress address) throws IOException {
        if (!(address instanceof InetSocketAddress inet)) {
            throw new BindException("can't bind " + address + ": this channel listens on TCP addresses, not on "
                    + address.getClass().getSimpleName() + "; for a unix socket take "
                    + "ClusterWorker.domainServerChannelFactory()");
        }
        if (!inet.isUnresolved()) {
            return inet;
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(inet.getHostString()), inet.getPort());
        } catch (UnknownHostException e) {
            throw BindHandler.failed(address, "the host's name is unknown", e);
        }
    }

    @Override
    SocketAddress bound(SocketAddress asked, Listening answer) {
        return answer.address();
    }

    @Override
    Channel wrap(LinuxSocket socket, @Nullable InetSocketAddress remote) {
        return ChildFactory.wrap(this, socket, Objects.requireNonNull(remote));
    }

    @Override
    boolean peersHaveAddresses() {
        return true;
    }
}
