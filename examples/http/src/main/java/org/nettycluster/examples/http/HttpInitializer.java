package org.nettycluster.examples.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;

/** Gives each connection its first handler, which finds out what the client speaks. Runs on the connection's own loop. */
final class HttpInitializer extends ChannelInitializer<Channel> {
    private final ThisProcess process;

    HttpInitializer(ThisProcess process) {
        this.process = process;
    }

    @Override
    protected void initChannel(Channel channel) {
        process.connected(channel);
        channel.pipeline().addLast(new ProtocolDetector(process));
    }
}
