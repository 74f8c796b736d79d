package org.nettycluster.worker;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;

/** Makes server channels of one worker. Any thread. */
final class ClusterServerChannelFactory implements ChannelFactory<ServerChannel> {
    private final WorkerSession session;

    ClusterServerChannelFactory(WorkerSession session) {
        this.session = session;
    }

    @Override
    public ServerChannel newChannel() {
        return new ClusterServerSocketChannel(session);
    }

    @Override
    public String toString() {
        return "ClusterServerSocketChannel.class of worker "
                + session.environment().worker();
    }
}
