package org.nettycluster.worker;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;

/** Makes server channels of one worker. Any thread. */
final class ClusterServerChannelFactory implements ChannelFactory<ServerChannel> {
    private final MasterLink link;

    ClusterServerChannelFactory(MasterLink link) {
        this.link = link;
    }

    @Override
    public ServerChannel newChannel() {
        return new ClusterServerSocketChannel(link);
    }

    @Override
    public String toString() {
        return "ClusterServerSocketChannel.class of worker "
                + link.environment().worker();
    }
}
