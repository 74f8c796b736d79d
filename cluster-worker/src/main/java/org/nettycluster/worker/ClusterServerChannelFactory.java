package org.nettycluster.worker;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;

/** Makes server channels of one worker, for TCP or for unix sockets. Any thread. */
final class ClusterServerChannelFactory implements ChannelFactory<ServerChannel> {
    private final MasterLink link;
    private final boolean domain;

    ClusterServerChannelFactory(MasterLink link, boolean domain) {
        this.link = link;
        this.domain = domain;
    }

    @Override
    public ServerChannel newChannel() {
        return domain ? new ClusterServerDomainSocketChannel(link) : new ClusterServerSocketChannel(link);
    }

    @Override
    public String toString() {
        return (domain ? "ClusterServerDomainSocketChannel" : "ClusterServerSocketChannel") + ".class of worker "
                + link.environment().worker();
    }
}
