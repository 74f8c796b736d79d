package org.nettycluster.worker;

import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;

/** The child where {@link ChildFactory} can't make a true EpollSocketChannel. On its event loop, as every channel. */
final class ClusterSocketChannel extends AbstractEpollStreamChannel implements SocketChannel {
    private final ClusterSocketChannelConfig config;

    ClusterSocketChannel(ServerSocketChannel parent, LinuxSocket socket, InetSocketAddress remote) {
        super(parent, socket, remote);
        config = new ClusterSocketChannelConfig(this, socket);
    }

    @Override
    public ClusterSocketChannelConfig config() {
        return config;
    }

    @Override
    public ServerSocketChannel parent() {
        return (ServerSocketChannel) super.parent();
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }
}
