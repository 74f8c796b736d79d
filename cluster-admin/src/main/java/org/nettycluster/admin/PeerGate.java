package org.nettycluster.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import org.nettycluster.master.control.Audit;
import org.nettycluster.master.control.Audit.Offence;

/**
 * The door: whoever is not of our user, or comes when too many are there, is sent away before a byte is read, with
 * a line of {@link Audit}. On the endpoint's loop.
 */
final class PeerGate extends ChannelInboundHandlerAdapter {
    private final AdminEndpoint.Admission admission;
    private final ChannelGroup clients;
    private final Audit audit;

    PeerGate(AdminEndpoint.Admission admission, ChannelGroup clients, Audit audit) {
        this.admission = admission;
        this.clients = clients;
        this.audit = audit;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        Audit.Peer peer = Audit.Peer.of(((EpollDomainSocketChannel) ctx.channel()).peerCredentials());
        if (peer.user() != admission.uid()) {
            refuse(ctx, peer, Offence.FOREIGN_USER, "only user " + admission.uid() + " may connect");
            return;
        }
        if (clients.size() >= admission.clients()) {
            refuse(ctx, peer, Offence.CROWD, admission.clients() + " at once");
            return;
        }
        clients.add(ctx.channel());
        ctx.fireChannelActive();
    }

    private void refuse(ChannelHandlerContext ctx, Audit.Peer peer, Offence offence, String limit) {
        audit.refused(peer, offence, "it connected", limit, "closed its connection");
        ctx.close();
    }
}
