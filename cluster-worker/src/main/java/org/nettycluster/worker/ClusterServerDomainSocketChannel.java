package org.nettycluster.worker;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.ServerDomainSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nettycluster.protocol.Listening;
import org.nettycluster.protocol.ServerOption;

/**
 * A server channel in a worker that listens at the path of a unix socket: it binds in the master, and its children are
 * {@link EpollDomainSocketChannel}s that the master hands over.
 *
 * <p>Behaves as {@code EpollServerDomainSocketChannel} otherwise: on one event loop, which must be epoll's, as must the
 * children's. The file is the master's, which makes and removes it.
 */
public final class ClusterServerDomainSocketChannel extends ClusterServerChannel implements ServerDomainSocketChannel {
    private final ClusterServerDomainSocketChannelConfig config;

    /**
     * A channel of this process's worker, for {@code ServerBootstrap.channel(Class)}.
     *
     * @throws ChannelException outside a worker; {@link ClusterWorker#domainServerChannelFactory()} serves both cases
     */
    public ClusterServerDomainSocketChannel() {
        this(ownLink(ClusterServerDomainSocketChannel.class, "domainServerChannelFactory"));
    }

    ClusterServerDomainSocketChannel(MasterLink link) {
        super(link);
        this.config = new ClusterServerDomainSocketChannelConfig(this);
    }

    @Override
    public ClusterServerDomainSocketChannelConfig config() {
        return config;
    }

    /** The path, absolute, once {@code bind} has completed. */
    @Override
    public @Nullable DomainSocketAddress localAddress() {
        return (DomainSocketAddress) super.localAddress();
    }

    /** Always null. */
    @Override
    @SuppressWarnings("NullAway") // Netty's method says that it may be null, but not in a way that tools read.
    public DomainSocketAddress remoteAddress() {
        return (DomainSocketAddress) super.remoteAddress();
    }

    /**
     * There is none here.
     *
     * @throws UnsupportedOperationException always: the listening socket is the master's
     */
    @Override
    public FileDescriptor fd() {
        throw new UnsupportedOperationException("the listening socket of " + this + " is the master's");
    }

    @Override
    Map<ServerOption, Integer> chosen() {
        return config.chosen();
    }

    @Override
    DomainSocketAddress resolve(SocketAddress address) throws IOException {
        if (!(address instanceof DomainSocketAddress domain)) {
            throw new BindException("can't bind " + address + ": this channel listens at paths, not on "
                    + address.getClass().getSimpleName() + "; for TCP take ClusterWorker.serverChannelFactory()");
        }
        if (domain.path().isEmpty() || domain.path().charAt(0) == 0) {
            throw new BindException(
                    "can't bind " + address + ": a name without a file (abstract) has no permissions, and "
                            + "a master does not listen there: give a path");
        }
        return new DomainSocketAddress(absolute(address, domain.path()).toString());
    }

    /** The directory that counts is this process's, not the master's. */
    private static Path absolute(SocketAddress address, String path) throws IOException {
        Path absolute = Path.of(path).toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory == null || !absolute.toString().contains("/../")) {
            return absolute.normalize();
        }
        try {
            // Above a link is not where its name is.
            return directory.toRealPath().resolve(absolute.getFileName());
        } catch (NoSuchFileException e) {
            throw BindHandler.failed(address, "No such file or directory", e);
        }
    }

    @Override
    SocketAddress bound(SocketAddress asked, Listening answer) {
        return asked;
    }

    @Override
    Channel wrap(LinuxSocket socket, @Nullable InetSocketAddress remote) {
        return new EpollDomainSocketChannel(this, socket);
    }

    @Override
    boolean peersHaveAddresses() {
        return false;
    }
}
