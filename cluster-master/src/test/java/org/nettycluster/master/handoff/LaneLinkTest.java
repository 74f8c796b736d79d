package org.nettycluster.master.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nettycluster.master.dispatch.LanePort.Sent;
import org.nettycluster.protocol.WorkerId;

class LaneLinkTest {
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aClosedLaneSendsNothingToTheClientThatHasItsNumberNow(@TempDir Path directory) throws Exception {
        DomainSocketAddress address =
                new DomainSocketAddress(directory.resolve("lane").toString());
        new ServerBootstrap()
                .group(loop)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind(address)
                .sync();
        List<LinuxSocket> clients = new ArrayList<>();
        // Fills the gaps below, so that the lane's number is the lowest free one when it is closed.
        for (int i = 0; i < 50; i++) {
            clients.add(LinuxSocket.newSocketStream());
        }
        EpollDomainSocketChannel lane = (EpollDomainSocketChannel) new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(address)
                .sync()
                .channel();
        LaneLink link = new LaneLink(new WorkerId(1, 0), lane, new Deaf());
        int number = lane.fd().intValue();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            lane.close().sync();
            LinuxSocket reused = LinuxSocket.newSocketStream();
            clients.add(reused);
            while (reused.intValue() != number && clients.size() < 200) {
                reused = LinuxSocket.newSocketStream();
                clients.add(reused);
            }
            assertThat(reused.intValue()).as("the lane's number").isEqualTo(number);
            reused.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()));
            try (Socket other = server.accept()) {
                assertThat(link.send(number)).isEqualTo(Sent.DEAD);
                reused.close();
                assertThat(other.getInputStream().read())
                        .as("the end, and no byte before it")
                        .isEqualTo(-1);
            }
        } finally {
            for (LinuxSocket client : clients) {
                if (client.isOpen()) {
                    client.close();
                }
            }
        }
    }

    private static final class Deaf implements LaneLink.LaneEvents {
        @Override
        public void rang() {}

        @Override
        public void broke(String why) {}

        @Override
        public void ended() {}
    }
}
