package org.nettycluster.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.unix.PeerCredentials;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

/**
 * The door: whoever is not of our user, or comes when too many are there, is sent away before a byte is read. On the
 * endpoint's loop.
 */
final class PeerGate extends ChannelInboundHandlerAdapter {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(PeerGate.class);

    private final AdminEndpoint.Admission admission;
    private final ChannelGroup clients;

    PeerGate(AdminEndpoint.Admission admission, ChannelGroup clients) {
        this.admission = admission;
        this.clients = clients;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        PeerCredentials peer = ((EpollDomainSocketChannel) ctx.channel()).peerCredentials();
        if (peer.uid() != admission.uid()) {
            LOGGER.warn(
                    "admin socket: sent away process {} of user {}: only user {} may connect",
                    peer.pid(),
                    peer.uid(),
                    admission.uid());
            ctx.close();
            return;
        }
        if (clients.size() >= admission.clients()) {
            LOGGER.warn(
                    "admin socket: sent away process {}: {} others are connected, which is the limit",
                    peer.pid(),
                    clients.size());
            ctx.close();
            return;
        }
        clients.add(ctx.channel());
        ctx.fireChannelActive();
    }
}
