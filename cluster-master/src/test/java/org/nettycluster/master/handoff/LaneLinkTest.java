package org.nettycluster.master.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nettycluster.master.Eventually.eventually;

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
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            boolean reused = false;
            for (int i = 0; i < 50 && !reused; i++) {
                reused = sendsNothing(lane(address), server);
            }
            assertThat(reused)
                    .as("a new socket got the number of the lane, and not another thread's file")
                    .isTrue();
        }
    }

    @Test
    void aProcessIsStoppedFromItsSignalToStopUntilItGoesOn() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        try {
            LaneLink link = new LaneLink(new WorkerId(1, 0), process.pid(), new EpollDomainSocketChannel(), new Deaf());
            assertThat(link.isStopped()).isFalse();
            signal("STOP", process);
            eventually("stopped", link::isStopped);
            signal("CONT", process);
            eventually("going on", () -> !link.isStopped());
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static void signal(String name, Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-s", name, Long.toString(process.pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void aProcessThatIsGoneIsNotStopped() {
        assertThat(new LaneLink(new WorkerId(1, 0), 0, new EpollDomainSocketChannel(), new Deaf()).isStopped())
                .isFalse();
    }

    private EpollDomainSocketChannel lane(DomainSocketAddress address) throws InterruptedException {
        return (EpollDomainSocketChannel) new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(address)
                .sync()
                .channel();
    }

    /** False if the number went to somebody else, so that nothing was tried. */
    private static boolean sendsNothing(EpollDomainSocketChannel lane, ServerSocket server) throws Exception {
        LaneLink link = new LaneLink(new WorkerId(1, 0), 0, lane, new Deaf());
        int number = lane.fd().intValue();
        lane.close().sync();
        LinuxSocket client = LinuxSocket.newSocketStream();
        try {
            if (client.intValue() != number) {
                return false;
            }
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()));
            try (Socket other = server.accept()) {
                assertThat(link.send(number)).isEqualTo(Sent.DEAD);
                client.shutdown();
                assertThat(other.getInputStream().read())
                        .as("the end, and no byte before it")
                        .isEqualTo(-1);
            }
            return true;
        } finally {
            client.close();
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
